# A picture for each row of a CSV file. Stopped at any moment, it goes on where it was when it is started again.
#   dotnet pwsh examples/batch.ps1 -Jobs ./jobs.csv -Out ./out/batch
[CmdletBinding()]
param(
    [string] $Jobs = "$PSScriptRoot/inputs/jobs.csv",
    [string] $Out = './out/batch',
    [string] $Model = 'Faces',
    [int] $Steps = 10
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

# A row that fails does not stop the others; that one did is the exit code.
$goOn = @{ ErrorAction = 'Continue'; ErrorVariable = '+failed' }
$failed = @()

# What a row says goes before what is usual here.
$usual = @{ Model = $Model; Steps = $Steps }
filter Add-Usual {
    foreach ($name in $usual.Keys) { if (-not $_.$name) { $_ | Add-Member -NotePropertyName $name -NotePropertyValue $usual[$name] -Force } }
    $_
}

# Paths in the file start at its own folder. Pictures are named after row and seed; those that are there are not made again.
Get-Item -LiteralPath $Jobs | Import-McdmJob @goOn | Add-Usual |
    Invoke-McdmSample -SkipExisting $Out @goOn |
    Save-McdmImage $Out -SkipExisting @goOn

if ($failed) { exit 1 }
