# Loads the engine in its own AssemblyLoadContext, exports its cmdlets and gives its types their names. Nothing else happens at import.

function New-ImportError([System.Exception] $Exception, [string] $Id, [System.Management.Automation.ErrorCategory] $Category, [object] $Target) {
    [System.Management.Automation.ErrorRecord]::new($Exception, $Id, $Category, $Target)
}

$bin = [System.IO.Path]::Combine($PSScriptRoot, 'bin')
$loader = [System.IO.Path]::Combine($bin, 'Mcdm.PowerShell.Loader.dll')
if (-not [System.IO.File]::Exists($loader)) {
    $root = [System.IO.Path]::GetDirectoryName($PSScriptRoot)
    throw New-ImportError ([System.IO.FileNotFoundException]::new("Mcdm is not built: run 'dotnet build' in '$root', then import the module again.")) 'McdmNotBuilt' 'NotInstalled' $bin
}

# What .NET has loaded stays: a second Mcdm would get the cmdlets of the first.
foreach ($assembly in [System.AppDomain]::CurrentDomain.GetAssemblies()) {
    if ($assembly.IsDynamic -or $assembly.GetName().Name -ne 'Mcdm.PowerShell.Loader' -or $assembly.Location -eq $loader) { continue }
    $message = "Mcdm $($assembly.GetName().Version.ToString(3)) from '$($assembly.Location)' has been loaded into this session, which keeps it: start a new session to import Mcdm from '$PSScriptRoot'."
    throw New-ImportError ([System.InvalidOperationException]::new($message)) 'McdmLoadedElsewhere' 'ResourceExists' $assembly.Location
}

$loaded = [System.Reflection.Assembly]::LoadFrom($loader)
$cmdlets = $loaded.GetType('Mcdm.PowerShell.Loader.McdmLoadContext', $true)::LoadCmdlets()
$typeNames = $loaded.GetType('Mcdm.PowerShell.Loader.TypeNames', $true)
$typeNames::Register($cmdlets)
try { [Mcdm.Runtime.Engine]::RefuseOther() }
catch [Mcdm.McdmException] {
    $typeNames::Remove()
    $refusal = $_.Exception.GetBaseException()
    throw New-ImportError $refusal $refusal.Id 'InvalidOperation' $null
}

# Not by the manifest, which would read the file before all these checks.
$types = [System.IO.Path]::Combine($PSScriptRoot, 'Mcdm.Types.ps1xml')
Update-TypeData -AppendPath ([WildcardPattern]::Escape($types))
$ExecutionContext.SessionState.Module.OnRemove = {
    Remove-TypeData -Path ([WildcardPattern]::Escape($types))
    $typeNames::Remove()
}.GetNewClosure()

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
