# What a shell writes to a file, to another shell or to a job, and what is read from it again. Windows' consoles have a code page, 437 here, which lacks most letters.
param([string] $Module, [string] $Work)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/Checks.psm1"
Import-Module $Module
Remove-Item -Recurse -Force $Work -ErrorAction Ignore
Set-Location (New-Item -ItemType Directory -Force $Work)
$name = "ß日本 $([char]::ConvertFromUtf32(0x1F600)) it's 100% & ^done"
$saved = New-McdmCondition 'a person with pink hair' | Invoke-McdmSample -Model Faces -Steps 1 -Seed 7 -Name $name -NoMeasure | Save-McdmImage ./out
$shell = "$PSHOME\pwsh.exe"
Set-Content ./tell.ps1 "param([switch] `$Utf8) if (`$Utf8) { [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new() }; (Get-ChildItem '$Work\out').FullName"

Check 'a list that Out-File, > and Set-Content write' {
    $saved.FullName | Out-File ./a.txt
    $saved.FullName > ./b.txt
    $saved.FullName | Set-Content ./c.txt
    $saved | Export-Csv ./d.csv
    $listed = (Import-Csv ./d.csv).Path
    foreach ($file in 'a', 'b', 'c') { Assert ((Get-Content "./$file.txt") -eq $saved.FullName) "$file has $(Get-Content "./$file.txt")" }
    Assert ($listed -eq $saved.Path) "d has $listed"
    $null = New-McdmCondition -Sketch (Get-Content ./a.txt)
}
Check 'rows in a file of any of these encodings' {
    foreach ($encoding in 'utf8', 'utf8BOM', 'unicode', 'bigendianunicode', 'utf32') {
        "Name,Text", "$name,a person with black hair" | Set-Content "./$encoding.csv" -Encoding $encoding
        Assert ((Import-McdmJob "./$encoding.csv").Name -eq $name) "$encoding gives $((Import-McdmJob "./$encoding.csv").Name)"
    }
}
Check 'rows in the code page of an old program are an error that says so, or are read by its name' {
    "Name,Text", "ü,a person with black hair" | Set-Content ./old.csv -Encoding 1252
    $said = Get-Failure TextEncoding { Import-McdmJob ./old.csv }
    Assert ($said -like '*old.csv*line 2*') $said
    Assert ((Import-McdmJob ./old.csv -Encoding windows-1252).Name -eq 'ü') 'It is another.'
}
Check 'the output of a shell in UTF-8, redirected by cmd.exe' {
    Set-Content ./tell.cmd "@`"$shell`" -NoProfile -File tell.ps1 -Utf8 > told.txt"
    & $env:ComSpec /c tell.cmd
    Assert ((Get-Content ./told.txt) -eq $saved.FullName) (Get-Content ./told.txt)
    $null = New-McdmCondition -Sketch (Get-Content ./told.txt)
}
Check 'a picture of a job' {
    $made = New-McdmCondition "a person with pink hair" | Invoke-McdmSample -Model Faces -Steps 1 -Seed 7 -Name $name -NoMeasure -AsJob | Receive-Job -Wait -AutoRemoveJob
    Assert ($made.Name -eq $name) $made.Name
}
Write-Counts
