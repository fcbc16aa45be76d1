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
    $null = New-Item -ItemType Directory $folder/examples, $folder/masks
    Copy-Item $root/examples/inputs $folder/examples -Recurse
    Copy-Item $root/examples/inputs/sketch.png, $root/examples/inputs/mask.png $folder
    Copy-Item $root/examples/inputs/mask.png $folder/masks
    $null = New-Item -ItemType SymbolicLink $folder/module -Target $root/module
    Set-Content $folder/jobs.csv 'Name,Text,Sketch,Segment,Part,Seed', 'pink,a person with pink hair,,,,1', 'lines,,./sketch.png,,,1', 'both,a person with pink hair,,./mask.png,"hair, hat",1'

    # All in one shell, as a shell takes a second to start: each behind a line that has its title.
    function Get-Shown($Examples) {
        $list = Join-Path $TestDrive examples.json
        ConvertTo-Json @($Examples) | Set-Content $list
        $script = Join-Path $TestDrive examples.ps1
        Set-Content $script {
            param($manifest, $folder, $list)
            $PSStyle.OutputRendering = 'PlainText'
            $env:MCDM_MODELS = "$folder/module/models"
            Set-Location $folder
            Import-Module $manifest
            $null = Import-McdmModel Faces -Device cpu -Precision Float32
            foreach ($example in Get-Content $list -Raw | ConvertFrom-Json) {
                [Console]::WriteLine("### $($example.Title)")
                [Console]::WriteLine((& ([scriptblock]::Create($example.Code)) | Out-String -Width 120))
            }
        }
        $shown = @{}
        foreach ($line in & $shell @shellArguments -File $script $manifest $folder $list) {
            if ($line -like '### *') { $title = $line.Substring(4) }
            else { $shown[$title] += "$line".Replace($folder, '/home/you/mcdm').TrimEnd() + "`n" }
        }
        $shown
    }
}

Describe 'The help shows what the prompt shows' -ForEach @{ All = $examples } {
    BeforeAll { $shown = Get-Shown $All }

    It 'in <Title>' -ForEach $examples {
        "$($shown[$Title])".Trim("`n") | Should -BeExactly (($Output -split "`n").TrimEnd() -join "`n").Trim("`n")
    }
}
