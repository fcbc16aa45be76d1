# Pictures are files like any other once they are saved: hash them, zip them, send them on.
#   dotnet pwsh examples/pipe-on.ps1
[CmdletBinding()]
param(
    [string] $Out = './out/batch',
    [int] $Count = 3,
    [string] $Uri
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$faces = Import-McdmModel Faces

$files = 'black hair', 'red hair', 'grey hair' |
    ForEach-Object { New-McdmCondition -Text "this person has $_" | Invoke-McdmSample -Model $faces -Count $Count -Seed 1 -Name ($_ -replace ' ', '-') } |
    Save-McdmImage $Out -Force

# The same script makes the same files: their hashes are their identity.
$files | Get-FileHash | Select-Object Hash, @{ Name = 'File'; Expression = { Split-Path $_.Path -Leaf } }

# Compress-Archive reads the destination's folder as a pattern.
$folder = Get-Item -LiteralPath $Out
$files | Compress-Archive -DestinationPath (Join-Path ([WildcardPattern]::Escape($folder.Parent.FullName)) "$($folder.Name).zip") -Force -ErrorAction Stop

if ($Uri) { $files | ForEach-Object { Invoke-RestMethod $Uri -Method Post -InFile $_.Path -ContentType image/png } }
