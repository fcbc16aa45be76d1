# The module without libtorch: installed in the session that needs it, and removed; the module of another system.
param([string] $Module, [string] $Work)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/Checks.psm1"
Import-Module $env:MCDM_SMALL_MODULE
Remove-Item -Recurse -Force $Work, "$env:LOCALAPPDATA\Mcdm\libtorch" -ErrorAction Ignore
Set-Location (New-Item -ItemType Directory -Force $Work)
function Left { @(Get-ChildItem "$env:LOCALAPPDATA\Mcdm\libtorch" -Force -ErrorAction Ignore).Name -join ', ' }

Check 'without libtorch one sentence says what to do' { $null = Get-Failure RuntimeNotInstalled { Import-McdmModel Faces } }
Check 'it is installed and used in the same session' {
    $runtime = Install-McdmRuntime
    Assert (Test-Path "$($runtime.Path)\torch_cpu.dll") 'It is not there.'
    $null = New-McdmCondition 'a person' | Invoke-McdmSample -Model Faces -Steps 1 -Seed 5 -NoMeasure
}
Check 'this session does not remove what it uses' { $null = Get-Failure RuntimeInUse { Uninstall-McdmRuntime -Confirm:$false } }
Check 'another does not either, and leaves it whole' {
    $said = & "$PSHOME\pwsh.exe" -NoProfile -Command "Import-Module '$env:MCDM_SMALL_MODULE'; try { Uninstall-McdmRuntime -Confirm:`$false -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }"
    Assert ("$said" -like '*RuntimeInUseElsewhere*') "It said: $said"
    Assert ((Left) -notlike '*unfinished*' -and (Test-Path "$env:LOCALAPPDATA\Mcdm\libtorch\*\torch_cpu.dll")) "There is $(Left)."
}
Check 'a module of another system says so in one sentence, which names both' {
    $id, $said, $there = & "$PSHOME\pwsh.exe" -NoProfile -Command "try { Import-Module '$env:MCDM_OTHER_MODULE' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `"`$_`" }; [bool](Get-Module Mcdm)"
    Assert ("$id" -like 'ModuleOtherSystem*') "It said: $id $said"
    Assert ("$said" -match 'was built for linux-x64, and this PowerShell is win-x64: take the module for win-x64') "It said: $said"
    Assert ("$there" -eq 'False') 'It is imported.'
}
Write-Counts
