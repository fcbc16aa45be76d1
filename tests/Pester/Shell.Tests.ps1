# What the module is to the shell that imports it: the names of its types, and what else must not be in the process.

BeforeDiscovery { Import-Module "$PSScriptRoot/../../Mcdm.psd1" }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Types have names' {
    It 'in expressions' {
        [Mcdm.Experts.Model].FullName | Should -Be 'Mcdm.Experts.Model'
        New-McdmCondition 'pink hair' | Should -BeOfType ([Mcdm.Modalities.Condition])
        ([Mcdm.Imaging.Picture], [Mcdm.Diffusion.Schedules.NoiseSchedule], [Mcdm.McdmException]).Count | Should -Be 3
    }

    It 'in a typed catch, with id and category' {
        $caught = try { Import-McdmModel nope -ErrorAction Stop } catch [Mcdm.McdmException] { $_ }
        $caught.Exception.Id | Should -Be 'ModelUnknown'
        $caught.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $caught.FullyQualifiedErrorId | Should -Be 'ModelUnknown,Mcdm.PowerShell.Commands.ImportMcdmModel'
    }

    It 'in mocks of <_>' -ForEach (Get-Command -Module Mcdm).Name {
        Mock $_ { 'mocked' }
        Should -Invoke $_ -Times 0 -Exactly
    }

    It 'so that a script under test samples from a mock' {
        Mock Invoke-McdmSample { "mocked $Count" } -ParameterFilter { $Text -eq 'pink hair' }
        Invoke-McdmSample -Text 'pink hair' -Count 2 | Should -Be 'mocked 2'
        Should -Invoke Invoke-McdmSample -Times 1 -Exactly
    }

    It 'in what a function written around <_> declares' -ForEach (Get-Command -Module Mcdm -CommandType Cmdlet).Name {
        $body = [System.Management.Automation.ProxyCommand]::Create((Get-Command $_ -CommandType Cmdlet))
        Set-Item function:Around ([scriptblock]::Create($body))
        @((Get-Command Around).Parameters.Keys) | Should -Contain 'Verbose'
        Compare-Object @((Get-Command Around).Parameters.Keys) @((Get-Command $_ -CommandType Cmdlet).Parameters.Keys) | Should -BeNullOrEmpty
    }

    It 'until the module is removed' {
        Invoke-Shell {
            param($manifest)
            Import-Module $manifest
            Import-Module $manifest -Force
            Remove-Module Mcdm
            [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Get.Keys.Where({ $_ -like 'Mcdm*' }).Count
            @(Get-TypeData Mcdm*).Count
        } $manifest | Should -Be 0, 0
    }

    It 'as long as one runspace of several has it' {
        Invoke-Shell {
            param($manifest)
            Import-Module $manifest
            1..2 | ForEach-Object -Parallel { Import-Module $using:manifest; Remove-Module Mcdm }
            [scriptblock]::Create('[Mcdm.Experts.Model].Name').Invoke()
        } $manifest | Should -Be 'Model'
    }
}

Describe 'What must not be in the process is refused' {
    It 'a language mode that forbids assemblies, in one sentence' {
        $said = Invoke-Shell {
            param($manifest)
            $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            try { Import-Module $manifest } catch { $Error.Count, $_.FullyQualifiedErrorId, "$($_.CategoryInfo.Category)", "$_" }
        } $manifest
        $said[0..2] | Should -Be 1, 'McdmLanguageMode,Microsoft.PowerShell.Commands.ImportModuleCommand', 'PermissionDenied'
        $said[3] | Should -BeLike 'Mcdm loads .NET assemblies, which the language mode of this session, ConstrainedLanguage, forbids: *.'
    }

    It 'another copy of Mcdm' {
        $copy = Join-Path $TestDrive 'copy'
        $null = New-Item -ItemType Directory "$copy/module/bin"
        Copy-Item $manifest $copy
        Copy-Item (Join-Path (Split-Path $manifest) module/*) "$copy/module" -Include *.ps*1*
        Copy-Item (Join-Path (Split-Path $manifest) module/bin/Mcdm.PowerShell.Loader.dll) "$copy/module/bin"
        $said = Invoke-Shell {
            param($first, $second)
            Import-Module $first
            try { Import-Module $second -ErrorAction Stop } catch { $_.FullyQualifiedErrorId, "$_" }
            [scriptblock]::Create('[Mcdm.Experts.Model].Name').Invoke()
        } $manifest, "$copy/Mcdm.psd1"
        $said[0] | Should -Be 'McdmLoadedElsewhere,Microsoft.PowerShell.Commands.ImportModuleCommand'
        $said[1] | Should -BeLike "Mcdm 0.3.0 from '*' has been loaded into this session, which keeps it: start a new session to import Mcdm from '*copy*'."
        $said[2] | Should -Be 'Model'
    }

    It 'another libtorch' {
        $native = Get-ChildItem (Join-Path (Split-Path $manifest) module/bin) | Where-Object Name -Match '^(lib)?torch_cpu\.' | ForEach-Object FullName
        $other = Join-Path $TestDrive 'other'
        $null = New-Item -ItemType Directory $other
        # Nothing of it is needed but that it is loaded: any library under its name.
        Copy-Item (Get-ChildItem (Split-Path $native) | Where-Object Name -Match '^(lib)?SkiaSharp\.(so|dylib)$|^libSkiaSharp\.dll$' | ForEach-Object FullName) (Join-Path $other (Split-Path $native -Leaf))
        $said = Invoke-Shell {
            param($manifest, $other)
            $null = [System.Runtime.InteropServices.NativeLibrary]::Load($other)
            try { Import-Module $manifest -ErrorAction Stop } catch { $_.FullyQualifiedErrorId, "$_" }
            [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Get.Keys.Where({ $_ -like 'Mcdm*' }).Count
        } $manifest, (Join-Path $other (Split-Path $native -Leaf))
        $said[0] | Should -Be 'OtherLibTorchLoaded,Microsoft.PowerShell.Commands.ImportModuleCommand'
        $said[1] | Should -BeLike 'Another libtorch is loaded in this process already, *'
        $said[2] | Should -Be 0
    }
}

Describe 'Where networks are evaluated layer by layer' {
    It '-Verbose says once why: <because>' -ForEach @(
        @{ Precision = 'Float32'; Without = 'DOTNET_EnableAVX2'; Because = 'this processor has no AVX2 instructions' }
        @{ Precision = 'BFloat16'; Without = 'DOTNET_EnableAVX512'; Because = 'this processor has no bfloat16 instructions' }
    ) {
        # The runtime, which says what the processor has, can be told to leave instructions out.
        Set-Item env:$Without 0
        try {
            $said = Invoke-Shell {
                Import-Module $args[0]
                $null = Import-McdmModel Faces -Precision $args[1] -WarningAction Ignore
                Invoke-McdmSample -Text 'black hair' -Steps 1 -Count 2 -BatchSize 1 -Verbose 4>&1
            } $manifest, $Precision
            @($said | Select-String "layer by layer, not in their packed form: $Because").Count | Should -Be 1
        } finally { Remove-Item env:$Without }
    }
}

Describe 'What a run would take' {
    It 'is said by -WhatIf: evaluations, memory and a likely time, before and after a batch was seen' {
        $said = Invoke-Shell {
            param($manifest)
            Import-Module $manifest
            $model = Import-McdmModel Fashion
            Invoke-McdmSample -Text 'a bag' -Model $model -WhatIf
            $null = Invoke-McdmSample -Text 'a bag' -Model $model -Steps 2 -NoMeasure
            'a bag', 'a shoe' | ForEach-Object { [pscustomobject]@{ Text = $_; Count = 1000000 } } | Invoke-McdmSample -Model $model -WhatIf
        } $manifest | Where-Object { $_ -match 'What if' }
        $said | Should -HaveCount 3
        $said[0] | Should -Match 'takes at most 20 network evaluations in 10 steps; a full batch takes about \d+ MB beside the model\. It is likely to take (less than a second|about \d+ s)\.$'
        $said[1..2] | Should -Match 'It is likely to take about \d+ (min|h|days)\.$'
    }
}
