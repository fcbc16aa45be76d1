# A picture for each row of a CSV file. Stopped at any moment, it goes on where it was when it is started again.
#   dotnet pwsh examples/batch.ps1 -Jobs ./jobs.csv -Out ./out/batch
[CmdletBinding()]
param(
    [string] $Jobs = "$PSScriptRoot/inputs/jobs.csv",
    [string] $Out = './out/batch',
    [string] $Model = 'Faces',
    [int] $Steps = 25
)

# Paths in the file start at its own folder. Pictures are named after row and seed; those that are there are not made again.
Import-McdmJob $Jobs |
    Invoke-McdmSample -Model $Model -Steps $Steps -SkipExisting $Out |
    Save-McdmImage $Out -SkipExisting
