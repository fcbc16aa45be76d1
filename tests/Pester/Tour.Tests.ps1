# README's tour, statement by statement, in one session and one folder, after the first command of the same page.

BeforeDiscovery {
    $readme = Get-Content "$PSScriptRoot/../../README.md" -Raw
    $statements = foreach ($block in [regex]::Matches($readme, '(?ms)^```powershell\n(.*?)^```')) {
        $parsed = [System.Management.Automation.Language.Parser]::ParseInput($block.Groups[1].Value, [ref] $null, [ref] $null)
        # A training as long as the page's would take a day.
        $parsed.EndBlock.Statements | ForEach-Object { $_.Extent.Text -replace '-Steps \d+', '-Steps 2' }
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $root = Split-Path $manifest
    Import-Module $manifest
    Push-Location $TestDrive

    # What the page takes for granted: the sources' inputs, pictures of one's own with control pictures beside them, a list of jobs.
    Copy-Item "$root/examples/inputs" (New-Item -ItemType Directory examples) -Recurse
    foreach ($folder in 'my-pictures/images', 'my-pictures/depth') {
        $null = New-Item -ItemType Directory $folder
        1..2 | ForEach-Object { Copy-Item examples/inputs/face.png "$folder/$_.png" }
    }
    Copy-Item examples/inputs/jobs.csv .
    Copy-Item examples/inputs/*.png .

    $global:PSDefaultParameterValues = @{
        'Invoke-McdmSample:Steps' = 1
        'Start-McdmTraining:Channels' = 8, 16
        'Start-McdmTraining:Blocks' = 1, 1
        'Start-McdmTraining:BatchSize' = 1
        'Start-McdmTraining:WarmUpSteps' = 0
    }
    $null = & "$root/examples/first-picture.ps1"
    # Statements share their variables, as at a prompt.
    $session = New-Module { }
}

AfterAll {
    $global:PSDefaultParameterValues = @{}
    Get-McdmModel | Remove-McdmModel
    Pop-Location
}

Describe "README's tour" {
    It 'runs <_>' -ForEach $statements {
        $line = $_
        try {
            & $session { param($line) $ErrorActionPreference = 'Stop'; . ([scriptblock]::Create(($line -replace '^\$(\w+) =', '$script:$1 ='))) } $line
        }
        catch {
            # Tests have no terminal to show pictures in.
            if ($_.FullyQualifiedErrorId -notlike 'TerminalCannotShow*') { throw }
        }
    }

    It 'leaves pictures, their sheet, a model and a page' {
        Get-ChildItem tour -Filter *.png | Should -Not -BeNullOrEmpty
        'tour/sheet.png', 'my-model/model.json', 'tour/gallery.html' | Should -Exist
    }
}
