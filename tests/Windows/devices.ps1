# Names that Windows keeps for devices: nothing is written into one, and nothing waits for one.
param([string] $Module, [string] $Work)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/Checks.psm1"
Import-Module $Module
Remove-Item -Recurse -Force $Work -ErrorAction Ignore
Set-Location (New-Item -ItemType Directory -Force $Work)
$picture = New-McdmCondition 'a person with pink hair' | Invoke-McdmSample -Model Faces -Seed 7 -Steps 1 -Name pic -NoMeasure
$null = $picture | Save-McdmImage ./pic.png
$null = $picture | Save-McdmImage ./data/images
$fashion = Import-McdmModel Fashion

# An error of Mcdm's own.
function Assert-Told($Record) {
    for ($cause = $Record.Exception; $cause -and $cause -isnot [Mcdm.McdmException]; $cause = $cause.InnerException) { }
    Assert ([bool] $cause) "$($Record.FullyQualifiedErrorId): $Record"
}
function Assert-Refused([scriptblock] $Do) {
    try { $null = & $Do } catch { return Assert-Told $_ }
    throw 'It was not refused.'
}
# Either the file is one, as on new Windows with some of these names, or it was refused; in silence nothing is lost.
function Assert-WrittenOrRefused([string] $Path, [scriptblock] $Do) {
    try { $null = & $Do } catch {
        Assert-Told $_
        Assert ("$_" -like '*is the name of a device of Windows; choose another*') "$_"
        Assert (-not (Get-ChildItem . -Force -Recurse -Filter '*.tmp')) 'Something is left.'
        return
    }
    Assert ((Get-Item -LiteralPath $Path).Length -gt 100) "There is no $Path."
}
foreach ($device in 'con', 'nul', 'COM1', 'aux') {
    Check "a picture '$device.png'" { Assert-WrittenOrRefused "./$device.png" { $picture | Save-McdmImage "./$device.png" } }
    Check "a picture '$device.png' over another" { Assert-WrittenOrRefused "./$device.png" { $picture | Save-McdmImage "./$device.png" -Force } }
    Check "pictures in a folder '$device'" { Assert-WrittenOrRefused "./$device/pic-7.png" { $picture | Save-McdmImage "./$device" } }
    Check "a gallery '$device.html'" { Assert-WrittenOrRefused "./$device.html" { Get-Item ./pic.png | Export-McdmGallery "./$device.html" } }
    Check "a model '$device'" { Assert-WrittenOrRefused "./$device/model.json" { $fashion | Export-McdmModel "./$device" } }
    Check "an expert '$device'" { $null = Get-Failure ExpertNameInvalid { Import-McdmDataset ./data | Start-McdmTraining -Expert $device -OutputPath ./run } }
    Check "a sketch '$device'" { Assert-Refused { New-McdmCondition -Sketch "./$device" } }
    Check "a model to be read, '$device'" { Assert-Refused { Import-McdmModel -Path "./$device" } }
    Check "a model by name, '$device'" { Assert-Refused { Import-McdmModel $device } }
    Check "rows in '$device.csv'" { Assert-Refused { Import-McdmJob "./$device.csv" } }
    Check "a recipe in '$device'" { Assert-Refused { Invoke-McdmSample -Recipe "./$device.png" -Model Faces } }
}
Write-Counts
