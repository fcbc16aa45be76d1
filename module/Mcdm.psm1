# Loads the engine in its own AssemblyLoadContext, exports its cmdlets and gives its types their names. Nothing else happens at import.

# Such a session lets no script load an assembly, nor call the constructor of an error: a cmdlet makes it.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    $message = "Mcdm loads .NET assemblies, which the language mode of this session, $($ExecutionContext.SessionState.LanguageMode), forbids: import it in a session in FullLanguage, or let the policy that sets the mode trust Mcdm's files."
    Write-Error $message -ErrorId McdmLanguageMode -Category PermissionDenied -ErrorAction SilentlyContinue -ErrorVariable refusal
    throw $refusal[0]
}

$loader = "$PSScriptRoot/bin/Mcdm.PowerShell.Loader.dll"
if (-not [System.IO.File]::Exists($loader)) {
    $root = [System.IO.Path]::GetDirectoryName($PSScriptRoot)
    throw [System.Management.Automation.ErrorRecord]::new(
        [System.IO.FileNotFoundException]::new("Mcdm is not built: run 'dotnet build' in '$root', then import the module again."), 'McdmNotBuilt', 'NotInstalled', $loader)
}

# What .NET has loaded stays: a second Mcdm would get the cmdlets of the first.
foreach ($assembly in [System.AppDomain]::CurrentDomain.GetAssemblies()) {
    if ($assembly.FullName -notlike 'Mcdm.PowerShell.Loader,*' -or $assembly.Location -eq [System.IO.Path]::GetFullPath($loader)) { continue }
    $message = "Mcdm $($assembly.GetName().Version.ToString(3)) from '$($assembly.Location)' has been loaded into this session, which keeps it: start a new session to import Mcdm from '$PSScriptRoot'."
    throw [System.Management.Automation.ErrorRecord]::new([System.InvalidOperationException]::new($message), 'McdmLoadedElsewhere', 'ResourceExists', $assembly.Location)
}

$loaded = [System.Reflection.Assembly]::LoadFrom($loader)
$cmdlets = $loaded.GetType('Mcdm.PowerShell.Loader.McdmLoadContext')::LoadCmdlets()
$typeNames = $loaded.GetType('Mcdm.PowerShell.Loader.TypeNames')
$typeNames::Register($cmdlets)
try { [Mcdm.Runtime.Engine]::RefuseOther() }
catch [Mcdm.McdmException] {
    $typeNames::Remove()
    $refusal = $_.Exception.GetBaseException()
    throw [System.Management.Automation.ErrorRecord]::new($refusal, $refusal.Id, 'InvalidOperation', $null)
}
$ExecutionContext.SessionState.Module.OnRemove = { $typeNames::Remove() }

# Type data come after all these checks and the names of their types, so not by this module's own manifest.
Import-Module "$PSScriptRoot/Mcdm.Types.psd1"
$inner = Import-Module -Assembly $cmdlets -Force -PassThru
$loaded.GetType('Mcdm.PowerShell.Loader.ModuleExports')::HandOn($inner.ExportedCmdlets.Values, $ExecutionContext.SessionState.Module, "$PSScriptRoot/en-US/Mcdm.PowerShell.dll-Help.xml")
