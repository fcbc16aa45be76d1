# Every cmdlet as a careful script uses it: StrictMode, errors that stop, everything that its pipeline takes, failures told apart by id,
# and -WhatIf wherever something would be written.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../Mcdm.psd1"

    # Works: forms that give something (Silent: nothing, and no error). Fails: what ends with the id. WhatIf: what writes nothing.
    $cmdlets = @(
        @{
            Name  = 'ConvertTo-McdmPlot'
            Works = { $two | ConvertTo-McdmPlot }, { $two.Recipe | ConvertTo-McdmPlot }, { $two | Save-McdmImage "$work/two" | ConvertTo-McdmPlot }
            Fails = @{ { ConvertTo-McdmPlot ./no.png } = 'PathNotFound' }
        }
        @{
            Name  = 'ConvertTo-McdmSketch'
            Works = { "$inputs/face.png" | ConvertTo-McdmSketch }, { Get-Item "$inputs/*.png" | ConvertTo-McdmSketch }, { $image | ConvertTo-McdmSketch }
            Fails = @{ { ConvertTo-McdmSketch ./no.png } = 'PathNotFound'; { ConvertTo-McdmSketch "$inputs/sentence.txt" } = 'PictureNotRecognised' }
        }
        @{
            Name   = 'Export-McdmGallery'
            Works  = { $saved | Export-McdmGallery "$work/a.html" }, { $image | Export-McdmGallery "$work/b.html" }, { $saved.FullName | Export-McdmGallery "$work/c.html" }
            Fails  = @{ { $image | Export-McdmGallery "$work/a.html" } = 'OutputExists' }
            WhatIf = { $image | Export-McdmGallery "$work/new/gallery.html" -WhatIf }
        }
        @{
            Name   = 'Export-McdmModel'
            Works  = { $tiny | Export-McdmModel "$work/m1" }, { Get-McdmModel Tiny | Export-McdmModel "$work/m2" }, { Export-McdmModel "$work/m3" -Model Tiny }
            Fails  = @{ { $tiny | Export-McdmModel "$work/m1" } = 'OutputExists' }
            WhatIf = { $tiny | Export-McdmModel "$work/new" -WhatIf }
        }
        @{
            Name  = 'Get-McdmDevice'
            Works = { Get-McdmDevice }, { 'cpu' | Get-McdmDevice }, { [pscustomobject]@{ Name = 'cpu' } | Get-McdmDevice }
            Fails = @{ { Get-McdmDevice nope } = 'UnknownDevice' }
        }
        @{
            Name  = 'Get-McdmModel'
            Works = { Get-McdmModel }, { 'Tiny' | Get-McdmModel }, { Get-McdmModel -ListAvailable }
            Fails = @{ { Get-McdmModel nope } = 'ModelUnknown' }
        }
        @{
            Name  = 'Import-McdmDataset'
            Works = { Import-McdmDataset $data }, { $data | Import-McdmDataset }, { Get-Item $data | Import-McdmDataset }
            Fails = @{ { Import-McdmDataset ./no } = 'PathNotFound' }
        }
        @{
            Name  = 'Import-McdmJob'
            Works = { Import-McdmJob $jobs }, { $jobs | Import-McdmJob }, { Get-Item $jobs | Import-McdmJob }
            Fails = @{ { Import-McdmJob ./no.csv } = 'PathNotFound' }
        }
        @{
            Name  = 'Import-McdmModel'
            Works = { Import-McdmModel -Path $pack }, { 'Faces' | Import-McdmModel }, { Get-Item $pack | Import-McdmModel }
            Fails = @{ { Import-McdmModel nope } = 'ModelUnknown'; { Import-McdmModel -Path $data } = 'ModelNotFound' }
        }
        @{
            Name   = 'Install-McdmRuntime'
            Works  = { Install-McdmRuntime }, { Install-McdmRuntime cpu }
            Fails  = @{ { Install-McdmRuntime cuda } = 'RuntimeNotRecorded' }
            WhatIf = { $null = Install-McdmRuntime -WhatIf }
        }
        @{
            Name  = 'Invoke-McdmSample'
            Works = { New-McdmCondition -Sketch "$inputs/sketch.png" | Invoke-McdmSample -Model $tiny -Steps 1 }, { $image | Invoke-McdmSample -Model $tiny }, { $image.Recipe | Invoke-McdmSample -Model Tiny }, { $saved | Invoke-McdmSample -Model $tiny }, { Import-McdmJob $jobs | Invoke-McdmSample -Model $tiny -Steps 1 }
            Fails = @{ { Invoke-McdmSample -Model $tiny -Text 'a' -Steps 1 } = 'ExpertMissing'; { 1 | Invoke-McdmSample -Model $tiny } = 'InputObjectNotBound' }
            WhatIf = { New-McdmCondition -Sketch "$inputs/sketch.png" | Invoke-McdmSample -Model $tiny -WhatIf }
        }
        @{
            Name  = 'Join-McdmImage'
            Works = { $image, $image | Join-McdmImage }, { $saved | Join-McdmImage }, { "$inputs/face.png" | Join-McdmImage }, { Import-McdmDataset $data | Join-McdmImage }
            Fails = @{ { Join-McdmImage -Path ./no.png } = 'PathNotFound' }
        }
        @{
            Name  = 'Measure-McdmImage'
            Works = { $face | Measure-McdmImage }, { Get-Item "$inputs/face.png" | Measure-McdmImage }, { "$inputs/face.png" | Measure-McdmImage }
            Fails = @{ { $face | Measure-McdmImage -Judge nope } = 'JudgeUnknown'; { $image | Measure-McdmImage } = 'JudgeSize' }
        }
        @{
            Name  = 'Measure-McdmRun'
            Works = { Measure-McdmRun $TestDrive }, { Get-Item $TestDrive | Measure-McdmRun }, { "$TestDrive" | Measure-McdmRun -Jobs "$inputs/jobs.csv" }
            Fails = @{ { Measure-McdmRun ./no } = 'PathNotFound'; { Measure-McdmRun "$inputs/face.png" } = 'RunNotFolder' }
        }
        @{
            Name  = 'Measure-McdmVariance'
            Works = { Import-McdmDataset $data | Measure-McdmVariance -Model $tiny -Count 2 -Levels 2 }, { Measure-McdmVariance (Import-McdmDataset $data) -Model Tiny -Count 1 -Levels 2 -Seed 3 }
            Fails = @{ { Import-McdmDataset $data | Measure-McdmVariance -Model Faces } = 'DatasetLacksModality' }
        }
        @{
            Name  = 'New-McdmCondition'
            Works = { New-McdmCondition 'pink hair' }, { 'a', 'b' | New-McdmCondition }, { Get-Item "$inputs/sketch.png" | New-McdmCondition -Modality Sketch }
            Fails = @{ { New-McdmCondition -Sketch ./no.png } = 'PathNotFound' }
        }
        @{
            Name   = 'Remove-McdmModel'
            Silent = { Import-McdmModel -Path $pack -Force | Remove-McdmModel }, { $null = Import-McdmModel -Path $pack -Force; 'Tiny' | Remove-McdmModel }
            Fails  = @{ { Remove-McdmModel nope } = 'ParameterArgumentTransformationError' }
            WhatIf = { Remove-McdmModel $tiny -WhatIf }
        }
        @{
            Name   = 'Save-McdmImage'
            Works  = { $image | Save-McdmImage "$work/s1" }, { $image, (Import-McdmModel -Path $pack | ForEach-Object { Invoke-McdmSample -Model $_ -Steps 1 -Seed 5 }) | Save-McdmImage "$work/s2" }, { $image | Save-McdmImage "$work/one.jpg" }
            Fails  = @{ { $image | Save-McdmImage "$work/s1" } = 'OutputExists' }
            WhatIf = { $image | Save-McdmImage "$work/new" -WhatIf }
        }
        @{
            Name   = 'Save-McdmModel'
            Works  = { Save-McdmModel someone/tiny }, { 'someone/tiny' | Save-McdmModel }, { [pscustomobject]@{ Repository = 'someone/tiny' } | Save-McdmModel }
            Fails  = @{ { Save-McdmModel tiny } = 'HubRepositoryInvalid'; { Save-McdmModel someone/else } = 'HubOffline' }
            WhatIf = { $null = Save-McdmModel someone/tiny -WhatIf }
        }
        @{
            Name  = 'Show-McdmImage'
            Works = @()
            Fails = @{ { $image | Show-McdmImage } = 'TerminalCannotShow'; { Import-McdmDataset $data | Show-McdmImage } = 'TerminalCannotShow' }
        }
        @{
            Name   = 'Start-McdmTraining'
            Works  = { Import-McdmDataset $data | Start-McdmTraining -OutputPath "$work/t1" @small }, { Start-McdmTraining (Import-McdmDataset $data) -Modality Sketch -OutputPath "$work/t2" @small }
            Fails  = @{ { Import-McdmDataset $data | Start-McdmTraining -OutputPath "$work/t1" @small } = 'OutputExists' }
            WhatIf = { Import-McdmDataset $data | Start-McdmTraining -OutputPath "$work/new" @small -WhatIf }
        }
        @{
            Name   = 'Uninstall-McdmRuntime'
            WhatIf = { Uninstall-McdmRuntime -WhatIf }
        }
    )
    $works = foreach ($cmdlet in $cmdlets) { foreach ($form in $cmdlet['Works']) { @{ Name = $cmdlet.Name; Form = $form } } }
    $silent = foreach ($cmdlet in $cmdlets) { foreach ($form in $cmdlet['Silent']) { @{ Name = $cmdlet.Name; Form = $form } } }
    $fails = foreach ($cmdlet in $cmdlets) { if ($cmdlet['Fails']) { foreach ($form in $cmdlet.Fails.Keys) { @{ Name = $cmdlet.Name; Form = $form; Id = $cmdlet.Fails[$form] } } } }
    $whatIfs = foreach ($cmdlet in $cmdlets) { if ($cmdlet['WhatIf']) { @{ Name = $cmdlet.Name; Form = $cmdlet.WhatIf } } }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $manifest
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $inputs = Join-Path (Split-Path $manifest) examples/inputs
    $work = (New-Item -ItemType Directory TestDrive:/work).FullName
    $data = (New-Item -ItemType Directory TestDrive:/data/images).Parent.FullName
    1..4 | ForEach-Object { Copy-Item "$inputs/face.png" "$data/images/$_.png" }
    $small = @{ ImageSize = 16; Channels = 8, 16; Blocks = 1, 1; Steps = 2; BatchSize = 2 }
    $run = Import-McdmDataset $data | Start-McdmTraining -OutputPath TestDrive:/u @small
    $null = Import-McdmDataset $data | Start-McdmTraining -Modality Sketch -OutputPath TestDrive:/s @small
    $pack = (Import-McdmModel -Path TestDrive:/u, TestDrive:/s -Join | Export-McdmModel TestDrive:/Tiny -Name Tiny).FullName
    Get-McdmModel | Remove-McdmModel
    $tiny = Import-McdmModel -Path $pack
    $image = New-McdmCondition -Sketch "$inputs/sketch.png" | Invoke-McdmSample -Model $tiny -Seed 3 -Steps 1
    $two = New-McdmCondition -Sketch "$inputs/sketch.png", "$inputs/face.png" | Invoke-McdmSample -Model $tiny -Seed 3 -Steps 3
    $face = Join-McdmImage -Path "$inputs/face.png"
    $saved = $image | Save-McdmImage TestDrive:/out
    $jobs = "$work/jobs.csv"
    $snapshot = New-Item -ItemType Directory "$work/hub/models--someone--tiny/snapshots/$('a' * 40)"
    $null = New-Item "$work/hub/models--someone--tiny/refs/main" -Value ('a' * 40) -Force
    Set-Content "$snapshot/model.safetensors" 'weights'
    $env:HF_HUB_CACHE, $env:HF_HUB_OFFLINE = "$work/hub", '1'
    Set-Content $jobs 'Name,Sketch,Seed', "a,$inputs/sketch.png,1", "b,$inputs/sketch.png,2"
}

AfterAll { Remove-Item Env:/HF_HUB_CACHE, Env:/HF_HUB_OFFLINE }

Describe 'Each cmdlet' {
    It 'is in this list' {
        Compare-Object @($cmdlets.Name) @((Get-Command -Module Mcdm -CommandType Cmdlet).Name) | Should -BeNullOrEmpty
    } -TestCases @{ cmdlets = $cmdlets }

    BeforeEach {
        if ($tiny.IsDisposed) { $tiny = Import-McdmModel -Path $pack }
        $before = @(Get-ChildItem $work -Recurse).Count
    }

    It '<Name>: <Form>' -ForEach $works { @(& $Form).Count | Should -BeGreaterThan 0 }

    It '<Name>, which gives nothing: <Form>' -ForEach $silent { & $Form | Should -BeNullOrEmpty }

    It '<Name> fails with <Id>: <Form>' -ForEach $fails {
        $caught = try { $null = & $Form } catch { $_ }
        $caught.FullyQualifiedErrorId | Should -BeLike "$Id,Mcdm.PowerShell.Commands.*"
        $caught.CategoryInfo.Category | Should -Not -Be 'NotSpecified'
    }

    It '<Name> writes nothing under -WhatIf' -ForEach $whatIfs {
        & $Form | Should -BeNullOrEmpty
        @(Get-ChildItem $work -Recurse).Count | Should -Be $before
        $tiny.IsDisposed | Should -BeFalse
    }

    It 'has -WhatIf where it writes' -TestCases @{ names = $whatIfs.Name } {
        (Get-Command -Module Mcdm -CommandType Cmdlet).Where({ $_.Parameters.ContainsKey('WhatIf') }).Name | Sort-Object | Should -Be ($names | Sort-Object)
    }
}
