# Turns each sketch that is dropped into a folder into pictures; a sketch that is done moves to done/, one that fails to failed/.
#   dotnet pwsh examples/watch-folder.ps1 -Watch ./inbox -Out ./out/watched
[CmdletBinding()]
param(
    [string] $Watch = './inbox',
    [string] $Out = './out/watched',
    [string] $Text,
    [string] $Model = 'Faces',
    [int] $Count = 4,
    [int] $Steps = 10,
    [double] $Minutes = [double]::PositiveInfinity
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Watch)
$done, $failed = 'done', 'failed' | ForEach-Object { [System.IO.Directory]::CreateDirectory("$folder/$_").FullName }
$experts = Import-McdmModel $Model
$clock = [System.Diagnostics.Stopwatch]::StartNew()

for ($failures = 0; $clock.Elapsed.TotalMinutes -lt $Minutes; Start-Sleep -Milliseconds 500) {
    # A file that was written to just now may not be whole yet.
    $new = Get-ChildItem -LiteralPath $folder -File | Where-Object { $_.Extension -eq '.png' -and $_.LastWriteTimeUtc -lt [datetime]::UtcNow.AddSeconds(-1) }
    foreach ($file in $new) {
        $to = $done
        try {
            [pscustomobject]@{ Name = $file.BaseName; Sketch = $file.FullName; Text = $Text; Count = $Count; Steps = $Steps } |
                Invoke-McdmSample -Model $experts -Seed 0 | Save-McdmImage $Out -Force
        }
        catch {
            Write-Error -ErrorRecord $_ -ErrorAction Continue
            $to, $failures = $failed, ($failures + 1)
        }
        $file.MoveTo("$to/$($file.Name)", $true)
    }
}
if ($failures) { exit 1 }
