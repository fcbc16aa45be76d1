# A face that obeys a sketch, a partial segmentation mask and a sentence at once.
#   dotnet pwsh examples/first-picture.ps1
param(
    [string] $Sketch = "$PSScriptRoot/inputs/sketch.png",
    [string] $Segment = "$PSScriptRoot/inputs/mask.png",
    [string] $Text = [System.IO.File]::ReadAllText("$PSScriptRoot/inputs/sentence.txt"),
    [string] $Out = './out',
    [int] $Count = 4,
    [long] $Seed = 7
)

$faces = Import-McdmModel Faces

$conditions = @(
    New-McdmCondition -Sketch $Sketch
    New-McdmCondition -Segment $Segment
    New-McdmCondition -Text $Text
)
$conditions

$pictures = $conditions | Invoke-McdmSample -Model $faces -Count $Count -Seed $Seed
$pictures

$files = @(
    $pictures | Save-McdmImage $Out -Force
    $pictures | Join-McdmImage -Label Seed -Name sheet | Save-McdmImage $Out -Force
)
$files | ForEach-Object FullName
