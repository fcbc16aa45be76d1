# A batch that nobody watches: what fails is reported and ends in the exit code, and a page shows all that has been made.
# See examples/schedule for cron, systemd and the Windows Task Scheduler.
#   dotnet pwsh examples/nightly.ps1 -Jobs ./jobs.csv -Out ./out/nightly
[CmdletBinding()]
param(
    [string] $Jobs = "$PSScriptRoot/inputs/jobs.csv",
    [string] $Out = './out/nightly',
    [string] $Model = 'Faces',
    [int] $Steps = 25
)

# A row that fails does not stop the others; its error is shown, and counts at the end.
$failed = 0
$made = @(& "$PSScriptRoot/batch.ps1" -Jobs $Jobs -Out $Out -Model $Model -Steps $Steps 2>&1 | ForEach-Object {
        if ($_ -is [System.Management.Automation.ErrorRecord]) { $failed++; $PSCmdlet.WriteError($_) } else { $_ }
    })
$made

# Results are objects: where those cmdlets are, $made | Export-Csv results.csv -Append, or ConvertTo-Json.
if ($made) {
    $folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Out)
    $pictures = [System.IO.Directory]::GetFiles($folder, '*.png')
    $null = $pictures | Export-McdmGallery $folder -Title "$($pictures.Count) pictures, $([datetime]::Now.ToString('d MMMM yyyy'))" -Force
}
"$($made.Count) pictures made, $failed rows failed."
if ($failed) { exit 1 }
