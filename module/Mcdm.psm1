# Loads the engine in its own AssemblyLoadContext and exports its cmdlets. Nothing else happens at import.

$bin = [System.IO.Path]::Combine($PSScriptRoot, 'bin')
$loader = [System.IO.Path]::Combine($bin, 'Mcdm.PowerShell.Loader.dll')
if (-not [System.IO.File]::Exists($loader)) {
    $root = [System.IO.Path]::GetDirectoryName($PSScriptRoot)
    $record = [System.Management.Automation.ErrorRecord]::new(
        [System.IO.FileNotFoundException]::new("Mcdm is not built: run 'dotnet build' in '$root', then import the module again."),
        'McdmNotBuilt', 'NotInstalled', $bin)
    throw $record
}

$context = [System.Reflection.Assembly]::LoadFrom($loader).GetType('Mcdm.PowerShell.Loader.McdmLoadContext', $true)
$cmdlets = $context::LoadCmdlets()
$inner = Import-Module -Assembly $cmdlets -Force -PassThru

# A second import finds the binary module in the engine's cache: it neither hands its cmdlets on to this module
# nor looks for help beside the assembly. So both are done here.
$nonPublic = [System.Reflection.BindingFlags]'Instance, NonPublic'
$addExportedCmdlet = [System.Management.Automation.PSModuleInfo].GetMethod('AddExportedCmdlet', $nonPublic)
$setHelpFile = [System.Management.Automation.CmdletInfo].GetMethod('set_HelpFile', $nonPublic)
$helpFile = [System.IO.Path]::Combine($PSScriptRoot, 'en-US', 'Mcdm.PowerShell.dll-Help.xml')
foreach ($cmdlet in $inner.ExportedCmdlets.Values) {
    if ($setHelpFile) { $null = $setHelpFile.Invoke($cmdlet, @($helpFile)) }
    if ($addExportedCmdlet) { $null = $addExportedCmdlet.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet)) }
}

# Objects pass through jobs, remoting and Clixml whole while the module is loaded.
$typeData = $cmdlets.GetType('Mcdm.PowerShell.Travel', $true)::TypeData
foreach ($type in $typeData) { Update-TypeData -TypeData $type -Force }
$ExecutionContext.SessionState.Module.OnRemove = { foreach ($type in $typeData) { Remove-TypeData -TypeData $type -ErrorAction Ignore } }.GetNewClosure()
