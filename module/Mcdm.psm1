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

# A second import finds the binary module in the engine's cache and does not hand its cmdlets on to this module; do so by hand.
$addExportedCmdlet = [System.Management.Automation.PSModuleInfo].GetMethod('AddExportedCmdlet', [System.Reflection.BindingFlags]'Instance, NonPublic')
if ($addExportedCmdlet) {
    foreach ($cmdlet in $inner.ExportedCmdlets.Values) {
        $null = $addExportedCmdlet.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet))
    }
}
