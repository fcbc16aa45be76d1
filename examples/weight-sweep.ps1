# How much should the sketch count against the sentence? One seed, the sketch's weight across, the sentence's weight down.
#   dotnet pwsh examples/weight-sweep.ps1
[CmdletBinding()]
param(
    [string] $Sketch = "$PSScriptRoot/inputs/sketch.png",
    [string] $Text = 'this person has pink hair and is smiling',
    [double[]] $Weight = @(0, 0.5, 1, 1.5, 2),
    [string] $Model = 'Faces',
    [string] $Out = './out',
    [int] $Steps = 10,
    [long] $Seed = 7
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$experts = Import-McdmModel $Model

$labels = @()
$pictures = foreach ($textWeight in $Weight) {
    foreach ($sketchWeight in $Weight) {
        $labels += "text $textWeight, sketch $sketchWeight"
        # A weight of 1 and 1 is equation (12) as it stands; 0 leaves the condition out.
        @(
            New-McdmCondition -Text $Text -Weight $textWeight
            New-McdmCondition -Sketch $Sketch -Weight $sketchWeight
        ) | Invoke-McdmSample -Model $experts -Seed $Seed -Steps $Steps
    }
}

$pictures | Join-McdmImage -Columns $Weight.Count -Label $labels -Name weight-sweep | Save-McdmImage $Out -Force
