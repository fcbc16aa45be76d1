# Files that other programs have open, names, and the many ways to write a path.
param([string] $Module, [string] $Work)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/Checks.psm1"
Import-Module $Module
Remove-Item -Recurse -Force $Work -ErrorAction Ignore
Set-Location (New-Item -ItemType Directory -Force $Work)
$faces = Import-McdmModel Faces
$condition = New-McdmCondition 'a person with pink hair'
function Make([string] $Name) { $condition | Invoke-McdmSample -Model $faces -Seed 7 -Steps 1 -Name $Name -NoMeasure }
function Names([string] $Folder) { (Get-ChildItem -LiteralPath $Folder -Force).Name -join ', ' }
$picture = Make pic
$other = $condition | Invoke-McdmSample -Model $faces -Seed 8 -Steps 1 -Name pic -NoMeasure
$null = $picture | Save-McdmImage ./o/pic.png

Check 'a picture that a reader lets go is replaced' {
    $before = (Get-FileHash ./o/pic.png).Hash
    Use-Open ./o/pic.png 'ReadWrite, Delete' { $null = $other | Save-McdmImage ./o/pic.png -Force }
    Assert ((Get-FileHash ./o/pic.png).Hash -ne $before) 'It was not replaced.'
    Assert ((Names ./o) -eq 'pic.png') "There is $(Names ./o)."
}
foreach ($share in 'Read', 'ReadWrite', 'None') {
    Check "a picture that stays open (share $share) is left, with one sentence" {
        $before = (Get-FileHash ./o/pic.png).Hash
        $said = Use-Open ./o/pic.png $share { Get-Failure OutputUnwritable { $picture | Save-McdmImage ./o/pic.png -Force } }
        Assert ($said -like "*another program has*pic.png*open*") $said
        Assert ((Get-FileHash ./o/pic.png).Hash -eq $before) 'It was changed.'
        Assert ((Names ./o) -eq 'pic.png') "There is $(Names ./o)."
    }
}
Check 'a reader that closes in time is waited for' {
    $before = (Get-FileHash ./o/pic.png).Hash
    $path = (Resolve-Path ./o/pic.png).ProviderPath
    $reader = Start-ThreadJob { $file = [System.IO.File]::Open($using:path, 'Open', 'Read', 'Read'); 'open'; Start-Sleep 2; $file.Dispose() }
    while (-not $reader.Output.Count) { Start-Sleep -Milliseconds 20 }
    $null = $picture | Save-McdmImage ./o/pic.png -Force
    Assert ((Get-FileHash ./o/pic.png).Hash -ne $before) 'It was not replaced.'
    $reader | Remove-Job -Force
}
Check 'a gallery that stays open is left' {
    $null = Get-Item ./o/pic.png | Export-McdmGallery ./o/g.html
    $said = Use-Open ./o/g.html ReadWrite { Get-Failure OutputUnwritable { Get-Item ./o/pic.png | Export-McdmGallery ./o/g.html -Force } }
    Assert ($said -like '*another program has*g.html*open*') $said
    Assert ((Names ./o) -eq 'g.html, pic.png') "There is $(Names ./o)."
    $null = Get-Item ./o/pic.png | Export-McdmGallery ./o/g.html -Force
}
Check 'a model is replaced as a whole or not at all' {
    $fashion = Import-McdmModel Fashion
    $null = $fashion | Export-McdmModel ./model -Name First
    $before = Get-ChildItem ./model | Get-FileHash
    $said = Use-Open ./model/model.json Read { Get-Failure OutputUnwritable { $fashion | Export-McdmModel ./model -Name Second -Force } }
    Assert ($said -like '*another program has*model.json*open*') $said
    Assert (-not (Compare-Object $before (Get-ChildItem ./model -Force | Get-FileHash) -Property Path, Hash)) 'It was changed.'
    $null = $fashion | Export-McdmModel ./model -Name Second -Force
    Assert ((Import-McdmModel ./model).Name -eq 'Second') 'It was not replaced.'
}
Check 'what is open can be read' { Use-Open ./o/pic.png 'ReadWrite, Delete' { $null = New-McdmCondition -Sketch ./o/pic.png } }
foreach ($name in 'CON', 'nul', 'a:b', 'trail.', 'COM1.x', "COM$([char]0xB9)", 'CONIN$', 'CONOUT$', 'a\b', 'aux .txt') {
    Check "the name '$name' is refused" { $null = Get-Failure NameInvalid { $condition | Invoke-McdmSample -Model $faces -Steps 1 -Name $name } }
}
Check 'names that differ in case alone are one file' {
    $null = Make Abc | Save-McdmImage ./case
    $null = Get-Failure OutputExists { Make abc | Save-McdmImage ./case }
}
$deep = "$Work\" + ((1..12 | ForEach-Object { "folder-with-a-long-name-$_" }) -join '\')
$null = New-PSDrive -Name Mine -PSProvider FileSystem -Root $Work -Scope Global
foreach ($target in "$Work/slash/x", "\\?\$Work\q", '\rooted', 'C:relative', '.\trail\', '~\home', 'Mine:\t', "$env:TEMP\file.PNG", $deep) {
    Check "a picture is saved to $target" {
        $saved = $picture | Save-McdmImage $target -Force
        Assert ([System.IO.File]::Exists($saved.FullName)) "There is no $($saved.FullName)."
        $null = New-McdmCondition -Sketch $saved.FullName
    }
}
Check 'C:relative is beside the current folder' { Assert (Test-Path "$Work\relative\pic-7.png") 'It is elsewhere.' }
Check 'a drive that is none says so' { $null = Get-Failure DriveNotFound { $picture | Save-McdmImage q:\none } }
Check 'names of any script go through files and back' {
    $saved = Make "ß日本 $([char]::ConvertFromUtf32(0x1F600)) it's 100% & ^done" | Save-McdmImage ./names
    $saved.FullName > ./list.txt
    Assert ((Get-Content ./list.txt) -eq $saved.FullName) (Get-Content ./list.txt)
    $null = New-McdmCondition -Sketch (Get-Content ./list.txt)
}
Check 'a CSV file is read as Excel saves it' {
    [System.IO.File]::WriteAllText("$Work\jobs.csv", "Name,Text,Seed`r`nrow,a person,1`r`n", [System.Text.UTF8Encoding]::new($true))
    Assert (@(Use-Open ./jobs.csv ReadWrite { Import-McdmJob ./jobs.csv }).Count -eq 1) 'It has no row.'
}
Check 'a command copied from a gallery makes its picture again' {
    $null = Get-Item ./o/pic.png | Export-McdmGallery ./o/g.html -Force
    $html = Get-Content ./o/g.html -Raw
    $data = [regex]::Match($html, '(?s)<script[^>]*id="data"[^>]*>(.*?)</script>').Groups[1].Value | ConvertFrom-Json
    $recipe = $data.groups[0].recipe -join $data.groups[0].pictures[0].seed
    $again = Invoke-Expression "Invoke-McdmSample -Recipe '$($recipe -replace "'", "''")' -Model `$faces"
    $null = $again | Save-McdmImage ./again.png
    Assert (Test-SamePicture ./again.png ./o/pic.png) 'It is another picture.'
}
Write-Counts
