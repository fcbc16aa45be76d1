# README's tour.
param([string] $Module, [string] $Work)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/Checks.psm1"
Import-Module $Module
Remove-Item -Recurse -Force $Work -ErrorAction Ignore
Set-Location (New-Item -ItemType Directory -Force $Work)
$inputs = Join-Path (Split-Path $Module) 'examples\inputs'
$faces = Import-McdmModel Faces

Check 'two pictures of a sentence' {
    $saved = New-McdmCondition 'a person with pink hair' | Invoke-McdmSample -Model $faces -Count 2 -Seed 7 | Save-McdmImage ./tour
    Assert ($saved.Count -eq 2) "There are $($saved.Count)."
}
$conditions = @(
    New-McdmCondition -Sketch "$inputs\sketch.png"
    New-McdmCondition -Segment "$inputs\mask.png" -Part hair, glasses
    New-McdmCondition -Text 'this person has black hair' -Weight 1.2
)
$pictures = $conditions | Invoke-McdmSample -Model $faces -Count 4 -Seed 7 -Name all
Check 'several conditions' {
    $null = $pictures | Save-McdmImage .\tour
    $null = $pictures | Join-McdmImage -Label Seed | Save-McdmImage .\tour
}
Check 'without a terminal pictures cannot be shown, which is said' { $null = Get-Failure TerminalCannotShow { Show-McdmImage ./tour/all-7.png } }
Check 'the same picture of its recipe, to a level of 255 where it was made beside others and is made alone' {
    $null = Invoke-McdmSample -Recipe ./tour/all-7.png -Model $faces | Save-McdmImage ./again.png
    $largest = Get-LargestDifference ./again.png ./tour/all-7.png
    Assert ($largest -le 1) "A level differs by $largest."
}
Check 'the same bytes of its recipe, where the batch is as large' {
    $null = Invoke-McdmSample -Recipe ./again.png -Model $faces | Save-McdmImage ./once-more.png
    Assert ((Get-FileHash ./once-more.png).Hash -eq (Get-FileHash ./again.png).Hash) 'It is another.'
}
Check 'do they follow?' {
    $measured = Get-ChildItem ./tour/all-?.png, ./tour/all-??.png | Measure-McdmImage
    Assert ($measured.Count -eq 4) "$($measured.Count) were measured."
}
Check 'what did each condition do?' { $null = $pictures[0] | Measure-McdmImage -Attribution | ForEach-Object HeatMap | Save-McdmImage ./tour }
Check 'a gallery' { $null = Get-ChildItem ./tour/*.png | Export-McdmGallery ./tour/gallery.html }
Check 'rows of a file' {
    Set-Content ./jobs.csv 'Name,Text,Seed', 'one,a person with pink hair,1', 'two,a person with black hair,2'
    $saved = Import-McdmJob ./jobs.csv | Invoke-McdmSample -Model $faces -Steps 2 -SkipExisting ./rows | Save-McdmImage ./rows -SkipExisting
    Assert ($saved.Count -eq 2) "There are $($saved.Count)."
    Assert (-not (Import-McdmJob ./jobs.csv | Invoke-McdmSample -Model $faces -Steps 2 -SkipExisting ./rows)) 'They are made twice.'
    Assert ((Measure-McdmRun ./rows -Jobs ./jobs.csv).Done -eq 2) 'They are not counted.'
}
Check 'a job of its own' { Assert ((New-McdmCondition 'a person' | Invoke-McdmSample -Model Faces -Steps 1 -Seed 5 -AsJob | Receive-Job -Wait -AutoRemoveJob).Seed -eq 5) 'It gives another.' }
Check 'help' { Assert ((Get-Help about_Mcdm).Length -gt 1000 -and (Get-Help Save-McdmImage).Synopsis) 'There is none.' }
Check 'examples are scripts that this PowerShell reads' {
    foreach ($script in Get-ChildItem (Join-Path (Split-Path $Module) examples) -Recurse -Filter *.ps1) {
        $errors = $null
        $null = [System.Management.Automation.Language.Parser]::ParseFile($script.FullName, [ref] $null, [ref] $errors)
        Assert (-not $errors) "$($script.Name): $errors"
    }
}
Check 'the same picture as on the system that built the module, within rounding' {
    Assert ([bool] $env:MCDM_REFERENCE) 'There is no picture to compare with.'
    $here = New-McdmCondition 'a person with pink hair' | Invoke-McdmSample -Model (Import-McdmModel Faces -Precision Float32 -Force) -Seed 7 -Name reference -NoMeasure
    $null = $here | Save-McdmImage ./reference.png
    $largest = Get-LargestDifference ./reference.png $env:MCDM_REFERENCE
    Assert ($largest -le 2) "A level differs by $largest."
}
Write-Counts
