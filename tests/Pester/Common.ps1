# What the tests share: dot-source it in BeforeAll.

$manifest = (Resolve-Path "$PSScriptRoot/../../Mcdm.psd1").Path

# Runs a script block in a PowerShell of its own and gives what it writes.
function Invoke-Shell([scriptblock] $Script, [object[]] $Arguments) {
    dotnet "$PSHOME/pwsh.dll" -NoProfile -NonInteractive -Command $Script -args $Arguments
}
