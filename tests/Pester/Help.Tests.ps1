# What the examples of the help show is what the prompt shows: those that are quick, and show the same on every machine.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../Mcdm.psd1"
    # Commands that run a network, draw numbers, ask others or tell of the machine or the terminal show something else each time; so do pictures that are the reader's own.
    function Test-IsSteady($Code) {
        $commands = @([regex]::Matches($Code, '\b\w+-Mcdm\w+').Value | Sort-Object -Unique)
        $commands.Count -gt 0 -and $Code -notmatch '\./(data|my-)' -and
            -not ($commands | Where-Object { $_ -match 'Device|Runtime' -or ((Get-Command $_).Parameters.Keys -match '^(Device|Seed|Model|Token|Protocol)$') })
    }
    $examples = foreach ($page in Get-ChildItem "$PSScriptRoot/../../docs/help/*-*.md") {
        foreach ($found in [regex]::Matches((Get-Content $page -Raw), '(?ms)^### (Example \d+: [^\n]+)\n\n```powershell\n(.*?)\n```\n\n```output\n(.*?)\n```')) {
            $title, $code, $output = $found.Groups[1..3].Value
            if (Test-IsSteady $code) { @{ Title = "$($page.BaseName), $title"; Code = $code; Output = $output } }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # The folder that a reader sits in: the checkout's models and inputs, and the files that examples call their own.
    $folder = (New-Item -ItemType Directory TestDrive:/reader).FullName
    $root = Split-Path $manifest
    $null = New-Item -ItemType Directory $folder/examples, $folder/masks, $folder/module
    Copy-Item $root/examples/inputs $folder/examples -Recurse
    Copy-Item $root/examples/inputs/sketch.png, $root/examples/inputs/mask.png $folder
    Copy-Item $root/examples/inputs/mask.png $folder/masks
    Copy-Item $root/module/models $folder/module -Recurse
    Set-Content $folder/jobs.csv 'Name,Text,Sketch,Segment,Part,Seed', 'pink,a person with pink hair,,,,1', 'lines,,./sketch.png,,,1', 'both,a person with pink hair,,./mask.png,"hair, hat",1'

    # All in one shell, as a shell takes a second to start. What they show comes in a file, for a console has a code page.
    function Get-Shown($Examples) {
        $list, $results = (Join-Path $TestDrive examples.json), (Join-Path $TestDrive shown.json)
        ConvertTo-Json @($Examples) | Set-Content $list
        $script = Join-Path $TestDrive examples.ps1
        Set-Content $script {
            param($manifest, $folder, $list, $results)
            $PSStyle.OutputRendering = 'PlainText'
            $env:MCDM_MODELS = "$folder/module/models"
            Set-Location $folder
            Import-Module $manifest
            $null = Import-McdmModel Faces -Device cpu -Precision Float32
            $shown = @{}
            foreach ($example in Get-Content $list -Raw | ConvertFrom-Json) {
                $shown[$example.Title] = & ([scriptblock]::Create($example.Code)) 3>&1 |
                    ForEach-Object { $_ -is [Management.Automation.WarningRecord] ? "WARNING: $_" : $_ } | Out-String -Width 120
            }
            ConvertTo-Json $shown | Set-Content $results
        }
        $null = & $shell @shellArguments -File $script $manifest $folder $list $results
        Get-Content $results -Raw | ConvertFrom-Json -AsHashtable
    }

    # As the help has it: the reader's folder is /home/you/mcdm, lines end without blanks.
    function Get-Plain($Text) {
        $paths = [regex]::Replace("$Text", [regex]::Escape($folder) + '\S*', { '/home/you/mcdm' + $args[0].Value.Substring($folder.Length).Replace('\', '/') })
        (($paths -split "`r?`n").TrimEnd() -join "`n").Trim("`n")
    }
}

Describe 'The help shows what the prompt shows' -ForEach @{ All = $examples } {
    BeforeAll { $shown = Get-Shown $All }

    It 'in <Title>' -ForEach $examples {
        Get-Plain $shown[$Title] | Should -BeExactly (Get-Plain $Output)
    }
}
