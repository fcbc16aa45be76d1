# A fifth expert beside the embedded four: a picture that says roughly which colours are where. It was trained alone, after them and
# without them, by the stage low-resolution of tools/faces/train.ps1; to compose it with them, join the models.
#   dotnet pwsh examples/fifth-expert.ps1
[CmdletBinding()]
param(
    [string[]] $Model = @('Faces', 'FacesLowResolution'),
    [string] $LowResolution = "$PSScriptRoot/inputs/gallery/text-segment/face.png",
    [string] $Text = 'this person is smiling',
    [string] $Sketch = "$PSScriptRoot/inputs/gallery/text-segment/sketch.png",
    [string] $Out = './out',
    [int] $Count = 4,
    [int] $Steps = 25,
    [long] $Seed = 7
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$experts = Import-McdmModel $Model -Join
$colors = New-McdmCondition -LowResolution $LowResolution
$sentence = New-McdmCondition $Text
$lines = New-McdmCondition -Sketch $Sketch

$labels = @()
$pictures = foreach ($conditions in @($colors), @($colors, $sentence), @($colors, $lines)) {
    $name = $conditions.Modality -join ' + '
    $conditions | Invoke-McdmSample -Model $experts -Count $Count -Seed $Seed -Steps $Steps | ForEach-Object { $labels += $name; $_ }
}
$pictures | Join-McdmImage -Columns $Count -Label $labels -Name fifth-expert | Save-McdmImage $Out -Force
