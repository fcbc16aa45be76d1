# The four figures of the paper, with faces that no model saw: the conditions, four samples, the face they came from.
#   dotnet pwsh examples/gallery.ps1
[CmdletBinding()]
param(
    [string] $Inputs = "$PSScriptRoot/inputs/gallery",
    [string] $Out = './out',
    [long] $Seed = 1
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$faces = Import-McdmModel Faces

function New-Figure([string] $Name, [string[]] $Modality) {
    $folder = "$Inputs/$Name"
    $text = (Get-Content -LiteralPath "$folder/sentence.txt" -Raw).Trim()
    $conditions = @(switch ($Modality) {
            Sketch { New-McdmCondition -Sketch "$folder/sketch.png" }
            Segment { New-McdmCondition -Segment "$folder/mask.png" }
            Text { New-McdmCondition -Text $text }
        })
    $samples = $conditions | Invoke-McdmSample -Model $faces -Count 4 -Seed $Seed
    $shown = @(switch ($Modality) { Sketch { "$folder/sketch.png" } Segment { "$folder/mask.png" } })
    $labels = @($Modality -ne 'Text' -replace 'Segment', 'mask' -replace 'Sketch', 'sketch') + @('sample') * 4 + 'source'
    $row = $shown + $samples + "$folder/face.png"
    $sheet = @{ Label = $labels; Columns = $row.Count; Name = $Name }
    if ('Text' -in $Modality) { $sheet.RowHeader = $text }
    $row | Join-McdmImage @sheet
}

$figures = @(
    New-Figure sketch-segment Sketch, Segment
    New-Figure text-segment Text, Segment
    New-Figure text-sketch Text, Sketch
    New-Figure all-three Text, Sketch, Segment
)
$figures | Save-McdmImage $Out -Force | ForEach-Object FullName
