# A batch that nobody watches: what fails is reported and ends in the exit code, and a page shows all that has been made.
# See examples/schedule for cron, systemd and the Windows Task Scheduler.
#   dotnet pwsh examples/nightly.ps1 -Jobs ./jobs.csv -Out ./out/nightly
[CmdletBinding()]
param(
    [string] $Jobs = "$PSScriptRoot/inputs/jobs.csv",
    [string] $Out = './out/nightly',
    [string] $Model = 'Faces',
    [int] $Steps = 10
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }
"$(Get-Date -Format s) begins: $Jobs"

# A row that fails does not stop the others; its error is shown, and counted at the end.
$made = @(& "$PSScriptRoot/batch.ps1" -Jobs $Jobs -Out $Out -Model $Model -Steps $Steps 2>&1 | ForEach-Object {
        if ($_ -is [System.Management.Automation.ErrorRecord]) { Write-Error -ErrorRecord $_ -ErrorAction Continue } else { $_ }
    })
$made

# Results are objects: $made | Export-Csv results.csv -Append, or ConvertTo-Json, keeps a list of them.
$null = New-Item -ItemType Directory $Out -Force
$pictures = Get-ChildItem -LiteralPath $Out -File | Where-Object Extension -eq '.png'
$page = Get-ChildItem -LiteralPath $Out -Filter gallery.html
if ($pictures | Where-Object LastWriteTime -gt $page.LastWriteTime) {
    $null = $pictures | Export-McdmGallery $Out -Title "$($pictures.Count) pictures, $(Get-Date -Format 'd MMMM yyyy')" -Force
}

# What the folder holds tells how far the rows are, whoever made them: other computers may work at them too.
$run = Measure-McdmRun -LiteralPath $Out -Jobs $Jobs
$run.Hosts
"$(Get-Date -Format s) ends: $($made.Count) pictures made, $($run.Failed) rows failed. $($run.Done) of $($run.Rows) rows are done, $($run.Missing) missing."
if ($run.Done -lt $run.Rows) { exit 1 }
