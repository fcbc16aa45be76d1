# The second model: garments under a sketch, a partial silhouette and a sentence, beside the photographs they came from.
#   dotnet pwsh examples/garments.ps1
[CmdletBinding()]
param(
    [string] $Inputs = "$PSScriptRoot/inputs/garments",
    [string] $Out = './out',
    [long] $Seed = 1
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$fashion = Import-McdmModel Fashion
$garments = Get-ChildItem -LiteralPath $Inputs -Directory | Sort-Object Name
$sentences = @()
$pictures = foreach ($folder in $garments) {
    $sentences += $sentence = (Get-Content -LiteralPath "$folder/sentence.txt" -Raw).Trim()
    $conditions = @(
        New-McdmCondition -Sketch "$folder/sketch.png"
        New-McdmCondition -Segment "$folder/mask.png"
        New-McdmCondition -Text $sentence
    )
    "$folder/sketch.png", "$folder/mask.png"
    $conditions | Invoke-McdmSample -Model $fashion -Count 4 -Seed $Seed
    "$folder/photograph.png"
}
$sheet = @{
    Columns = 7
    Scale = 3
    ColumnHeader = 'sketch', 'mask', 'sample', 'sample', 'sample', 'sample', 'source'
    RowHeader = $sentences
}
$pictures | Join-McdmImage @sheet -Name garments | Save-McdmImage $Out -Force | ForEach-Object FullName
