# What the tests share: dot-source it in BeforeAll.

$manifest = (Resolve-Path "$PSScriptRoot/../../Mcdm.psd1").Path

# The PowerShell that runs these tests: its program, which is dotnet for the .NET tool, and the first arguments.
$shell = [Environment]::ProcessPath
$shellArguments = @(if ((Split-Path $shell -LeafBase) -eq 'dotnet') { "$PSHOME/pwsh.dll" }) + '-NoProfile', '-NonInteractive'

# Runs a script block in a PowerShell of its own and gives what it writes.
function Invoke-Shell([scriptblock] $Script, [object[]] $Arguments) { & $shell @shellArguments -Command $Script -args $Arguments }
