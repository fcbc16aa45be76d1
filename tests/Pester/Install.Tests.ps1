# The module without libtorch, as someone gets it from a repository: published, installed, imported by name, made ready, sampled from.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $root = Split-Path $manifest
    $configuration = if ($env:MCDM_CONFIGURATION) { $env:MCDM_CONFIGURATION } else { 'Debug' }
    $packed = Join-Path $TestDrive 'packed/Mcdm/0.3.0/'
    $said = dotnet msbuild "$root/src/Mcdm.PowerShell" -nologo -t:PackModule -p:Configuration=$configuration -p:NoBuild=true -p:WithLibTorch=false "-p:PackedModule=$packed"
    if ($LASTEXITCODE) { throw "$said" }

    # A user who has nothing: settings, modules and data are in a folder of the test. What NuGet has restored stays known.
    $data = (New-Item -ItemType Directory (Join-Path $TestDrive 'home/.local/share')).FullName
    $kept = @{}
    foreach ($name in 'HOME', 'XDG_DATA_HOME', 'PSModulePath', 'NUGET_PACKAGES') { $kept[$name] = [Environment]::GetEnvironmentVariable($name) }
    $env:NUGET_PACKAGES = (dotnet nuget locals global-packages --list) -replace '^global-packages: ', ''
    $env:HOME, $env:XDG_DATA_HOME, $env:PSModulePath = (Join-Path $TestDrive 'home'), $null, $null
    $repository = New-Item -ItemType Directory (Join-Path $TestDrive 'repository')
}

AfterAll { foreach ($name in $kept.Keys) { [Environment]::SetEnvironmentVariable($name, $kept[$name]) } }

# Where a user's data lie differs between systems; only Linux lets a test say where.
Describe 'The module without libtorch' -Skip:(-not $IsLinux) {
    It 'is small' {
        (Get-ChildItem $packed -Recurse -File | Measure-Object Length -Sum).Sum | Should -BeLessThan 250MB
        Get-ChildItem "$packed/module/bin" | Where-Object Name -Match 'torch_cpu' | Should -BeNullOrEmpty
    }

    It 'is published to a repository, installed from it and imported by name' {
        Invoke-Shell {
            param($packed, $repository)
            $ErrorActionPreference = 'Stop'
            $ProgressPreference = 'SilentlyContinue'
            Register-PSResourceRepository -Name folder -Uri $repository -Trusted
            Publish-PSResource -Path $packed -Repository folder
            Install-PSResource Mcdm -Repository folder -Scope CurrentUser
            Import-Module Mcdm
            (Get-Module Mcdm).Version.ToString()
        } $packed, $repository.FullName | Should -Be '0.3.0'
    }

    It 'says in one line what is missing' {
        $said = Invoke-Shell {
            Import-Module Mcdm
            try { Import-McdmModel Faces -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; "$_" }
            Get-McdmDevice cpu | ForEach-Object { "[$($_.RuntimePath)]" }
        }
        $said[0] | Should -Be 'RuntimeNotInstalled,Mcdm.PowerShell.Commands.ImportMcdmModel'
        $said[1] | Should -Be 'libtorch, which all networks run on, is not part of this module and has not been installed; install it once with: Install-McdmRuntime'
        $said[2] | Should -Be '[]'
    }

    It 'installs nothing under -WhatIf' {
        Invoke-Shell { Import-Module Mcdm; $null = Install-McdmRuntime -WhatIf; $? } | Select-Object -Last 1 | Should -BeTrue
        Join-Path $data 'Mcdm' | Should -Not -Exist
    }

    It 'refuses a backend that it was not built with' {
        Invoke-Shell {
            Import-Module Mcdm
            try { Install-McdmRuntime cuda -ErrorAction Stop } catch [Mcdm.McdmException] { $_.FullyQualifiedErrorId }
        } | Should -Be 'RuntimeNotRecorded,Mcdm.PowerShell.Commands.InstallMcdmRuntime'
    }

    It 'helps the session that needed it' {
        $said = Invoke-Shell {
            Import-Module Mcdm
            try { Import-McdmModel Faces -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }
            $null = Install-McdmRuntime
            (Import-McdmModel Faces).Name
        }
        $said | Should -Be 'RuntimeNotInstalled,Mcdm.PowerShell.Commands.ImportMcdmModel', 'Faces'
    }

    It 'is not removed while another session uses it' {
        $ready = Join-Path $TestDrive 'ready'
        $script = Join-Path $TestDrive 'user.ps1'
        Set-Content $script "Import-Module Mcdm; `$null = Import-McdmModel Faces; `$null = New-Item '$ready'; Start-Sleep 100"
        $quoted = $shellArguments.ForEach({ '"{0}"' -f $_ }) -join ' '
        $user = Start-Process $shell "$quoted -File `"$script`"" -PassThru
        try {
            while (-not (Test-Path $ready) -and -not $user.HasExited) { Start-Sleep -Milliseconds 100 }
            $said = Invoke-Shell { Import-Module Mcdm; try { Uninstall-McdmRuntime -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; "$_" } }
            $said[0] | Should -Be 'RuntimeInUseElsewhere,Mcdm.PowerShell.Commands.UninstallMcdmRuntime'
            $said[1] | Should -Match "in use by \S+ \($($user.Id)\)"
        }
        finally { Stop-Process -Id $user.Id -ErrorAction Ignore; $user.WaitForExit() }
    }

    It 'installs libtorch once, says from where it is used, and samples' {
        $said = Invoke-Shell {
            Import-Module Mcdm
            $runtime = Install-McdmRuntime
            $again = Install-McdmRuntime
            $runtime.Path -eq $again.Path
            $runtime.IsPartOfModule
            (Get-McdmDevice cpu).RuntimePath -eq $runtime.Path
            $image = Invoke-McdmSample -Model Faces -Text 'a person with pink hair' -Steps 1 -Seed 7
            $image.Model
            try { Uninstall-McdmRuntime -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }
        }
        $said | Should -Be $true, $false, $true, 'Faces', 'RuntimeInUse,Mcdm.PowerShell.Commands.UninstallMcdmRuntime'
    }

    It 'removes it again' {
        Invoke-Shell { Import-Module Mcdm; Uninstall-McdmRuntime; "[$((Get-McdmDevice cpu).RuntimePath)]" } | Should -Be '[]'
        Get-ChildItem (Join-Path $data 'Mcdm/libtorch') | Should -BeNullOrEmpty
    }
}
