# A face that follows a sketch, a partial segmentation mask and a sentence at once.
#   dotnet pwsh examples/first-picture.ps1
[CmdletBinding()]
param(
    [string] $Sketch = "$PSScriptRoot/inputs/sketch.png",
    [string] $Segment = "$PSScriptRoot/inputs/mask.png",
    [string] $Text = (Get-Content -LiteralPath "$PSScriptRoot/inputs/sentence.txt" -Raw),
    [string] $Out = './out',
    [int] $Count = 4,
    [long] $Seed = 7
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$faces = Import-McdmModel Faces

$conditions = @(
    New-McdmCondition -Sketch $Sketch
    New-McdmCondition -Segment $Segment
    New-McdmCondition -Text $Text
)
$conditions | Out-Host

$pictures = $conditions | Invoke-McdmSample -Model $faces -Count $Count -Seed $Seed
$pictures | Out-Host

$files = @(
    $pictures | Save-McdmImage $Out -Force
    $pictures | Join-McdmImage -Label Seed -Name sheet | Save-McdmImage $Out -Force
)
$files | ForEach-Object FullName
