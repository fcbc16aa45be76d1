# One of several workers on a job file: makes its part of the rows, then what the others' parts still lack. night.sbatch starts it on a Slurm cluster; anything else may.
#   dotnet pwsh examples/slurm/worker.ps1 -Jobs ./jobs.csv -Out ./out -Part 3 -Of 16
[CmdletBinding()]
param(
    [string] $Jobs = "$PSScriptRoot/../inputs/jobs.csv",
    [string] $Out = './out/night',
    [string] $Model = 'Faces',
    [int] $Steps = 10,
    [string] $Part = $env:SLURM_ARRAY_TASK_ID,
    [string] $Of = $env:SLURM_ARRAY_TASK_COUNT,
    [switch] $PartOnly
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../../Mcdm.psd1" }
$file = Get-Item -LiteralPath $Jobs

# Where the model cannot be loaded, the summary names this computer, and others make its rows.
try { $null = Import-McdmModel $Model }
catch {
    $log = [Mcdm.Runs.RunLog]::Open($PSCmdlet.GetUnresolvedProviderPathFromPSPath($Out), $Model)
    $log.Failed($null, $null, $_.FullyQualifiedErrorId.Split(',')[0], "$_")
    $log.Dispose()
    throw
}

# What a row says goes before what is usual here.
$usual = @{ Model = $Model; Steps = $Steps }
filter Add-Usual {
    foreach ($name in $usual.Keys) { if (-not $_.$name) { $_ | Add-Member -NotePropertyName $name -NotePropertyValue $usual[$name] -Force } }
    $_
}

# At SIGTERM, by which Slurm asks it to make room, Invoke-McdmSample finishes its step and gives its rows up.
function Add-Picture([hashtable] $Share, [hashtable] $On) {
    $file | Import-McdmJob @Share @On | Add-Usual | Invoke-McdmSample -SkipExisting $Out @On | Save-McdmImage $Out -SkipExisting @On
}

$failed = @()
Add-Picture -Share ($Part ? @{ Part = $Part; Of = $Of } : @{}) -On @{ ErrorAction = 'Continue'; ErrorVariable = '+script:failed' } | ForEach-Object Name
# Rows that failed have been told by whose they are. Hundreds of workers had better not all look at all rows: leave that to finish.sbatch.
if ($Part -and -not $PartOnly) { Add-Picture -Share @{} -On @{ ErrorAction = 'Ignore' } | ForEach-Object Name }
if ($failed) { exit 1 }
