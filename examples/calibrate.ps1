# Fits the conditions' weights to pictures that have a caption and a mask each, draws them, and compares them with the plain rule.
#   dotnet pwsh examples/calibrate.ps1 -Data ./data/faces128/paired
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Data,
    [string] $Sketch = "$PSScriptRoot/inputs/sketch.png",
    [string] $Segment = "$PSScriptRoot/inputs/mask.png",
    [string] $Text = 'this person has black hair',
    [string] $Model = 'Faces',
    [string] $Out = './out',
    [int] $Paired = 64,
    [int] $Count = 4,
    [int] $Steps = 15,
    [long] $Seed = 7
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$experts = Import-McdmModel $Model
$weights = Import-McdmDataset $Data | Optimize-McdmWeight -Model $experts -Count $Paired
$weights | ConvertTo-McdmPlot | Save-McdmImage $Out -Force

$conditions = @(
    New-McdmCondition -Sketch $Sketch
    New-McdmCondition -Segment $Segment
    New-McdmCondition -Text $Text
)
$pictures = @(
    $conditions | Invoke-McdmSample -Model $experts -Count $Count -Seed $Seed -Steps $Steps
    $conditions | Invoke-McdmSample -Model $experts -Count $Count -Seed $Seed -Steps $Steps -Weight $weights
)
$labels = @('plain') * $Count + @('calibrated') * $Count
$pictures | Join-McdmImage -Columns $Count -Label $labels -Name calibrated | Save-McdmImage $Out -Force
