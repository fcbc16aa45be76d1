# The fifth expert of the embedded model: a picture that says roughly which colours are where. It was trained alone, after the other four
# and without them, by the stage low-resolution of tools/faces/train.ps1.
#   dotnet pwsh examples/fifth-expert.ps1
[CmdletBinding()]
param(
    [string[]] $Model = 'Faces', # or models to be joined
    [string] $LowResolution = "$PSScriptRoot/inputs/gallery/text-segment/face.png",
    [string] $Text = 'this person is smiling',
    [string] $Sketch = "$PSScriptRoot/inputs/gallery/text-segment/sketch.png",
    [string] $Out = './out',
    [int] $Count = 4,
    [int] $Steps = 10,
    [long] $Seed = 7
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$faces = Import-McdmModel $Model -Join
$colors = New-McdmCondition -LowResolution $LowResolution
$sentence = New-McdmCondition $Text
$lines = New-McdmCondition -Sketch $Sketch

$labels = @()
$pictures = foreach ($conditions in @($colors), @($colors, $sentence), @($colors, $lines)) {
    $name = $conditions.Modality -join ' + '
    $conditions | Invoke-McdmSample -Model $faces -Count $Count -Seed $Seed -Steps $Steps | ForEach-Object { $labels += $name; $_ }
}
$pictures | Join-McdmImage -Columns $Count -Label $labels -Name fifth-expert | Save-McdmImage $Out -Force
