# A batch that nobody watches: what fails is reported and ends in the exit code, and a page shows all that has been made.
# It ends with 0 when all rows are done, with 1 when some are not, and with 75 when it was stopped (Ctrl+C, SIGINT, SIGTERM): started again, it goes on.
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

# What it takes to go on, wherever one is then.
$quoted = foreach ($value in $PSCommandPath, $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Jobs), $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Out), $Model) {
    "'$([System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value))'"
}
$goOn = 'dotnet pwsh -File {0} -Jobs {1} -Out {2} -Model {3} -Steps {4}' -f ($quoted + $Steps)

# Lines for a log: without colours, and as long as they are.
$rendering, $PSStyle.OutputRendering = $PSStyle.OutputRendering, 'PlainText'
function Format-Line([string] $Text) { "$(Get-Date -Format s) $Text" }

$state, $made = 'stopped', 0
try {
    Format-Line "begins: $Jobs"
    # A row that fails does not stop the others; its error is shown, and counted at the end. Once a minute it is said how far the rows are.
    & "$PSScriptRoot/batch.ps1" -Jobs $Jobs -Out $Out -Model $Model -Steps $Steps -InformationAction Continue 2>&1 6>&1 | ForEach-Object {
        if ($_ -is [System.Management.Automation.ErrorRecord]) { Write-Error -ErrorRecord $_ -ErrorAction Continue }
        elseif ($_ -is [System.Management.Automation.InformationRecord]) { Format-Line "$_" }
        else { $made++; Format-Line "$($_.Name): $($_.Conditions), $($_.Seconds) s$($_.NotFollowed ? ", not followed: $($_.NotFollowed)" : '')" }
    }

    $null = New-Item -ItemType Directory $Out -Force
    $pictures = Get-ChildItem -LiteralPath $Out -File | Where-Object Extension -eq '.png'
    $page = Get-ChildItem -LiteralPath $Out -Filter gallery.html
    if ($pictures | Where-Object LastWriteTime -gt $page.LastWriteTime) {
        $null = $pictures | Export-McdmGallery $Out -Title "$($pictures.Count) pictures, $(Get-Date -Format 'd MMMM yyyy')" -Force
    }

    # What the folder holds tells how far the rows are, whoever made them.
    $run = Measure-McdmRun -LiteralPath $Out -Jobs $Jobs
    $run.Hosts
    Format-Line "ends: $made pictures made, $($run.Failed) rows failed. $($run.Done) of $($run.Rows) rows are done, $($run.Missing) missing."
    $state = 'ended'
}
catch { $state = 'failed'; throw }
finally {
    $PSStyle.OutputRendering = $rendering
    if ($state -eq 'stopped') {
        # A pipeline that is stopped takes no more words, and the console does.
        [Console]::WriteLine((Format-Line "is stopped: $made pictures made. Go on with: $goOn"))
        [Environment]::Exit(75)
    }
}
if ($run.Done -lt $run.Rows) { exit 1 }
