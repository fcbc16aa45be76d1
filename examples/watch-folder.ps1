# Turns each sketch that is dropped into a folder into pictures; a sketch that is done moves to done/, one that fails to failed/.
#   dotnet pwsh examples/watch-folder.ps1 -Watch ./inbox -Out ./out/watched
param(
    [string] $Watch = './inbox',
    [string] $Out = './out/watched',
    [string] $Text,
    [string] $Model = 'Faces',
    [int] $Count = 4,
    [int] $Steps = 25,
    [double] $Minutes = [double]::PositiveInfinity
)

$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Watch)
$null = 'done', 'failed' | ForEach-Object { [System.IO.Directory]::CreateDirectory("$folder/$_") }
$experts = Import-McdmModel $Model
$end = if ([double]::IsInfinity($Minutes)) { [datetime]::MaxValue } else { [datetime]::UtcNow.AddMinutes($Minutes) }

while ([datetime]::UtcNow -lt $end) {
    # A file that was written to just now may not be whole yet.
    $new = [System.IO.DirectoryInfo]::new($folder).GetFiles('*.png') | Where-Object { $_.LastWriteTimeUtc -lt [datetime]::UtcNow.AddSeconds(-1) }
    foreach ($file in $new) {
        $job = [pscustomobject]@{ Name = $file.BaseName; Sketch = [WildcardPattern]::Escape($file.FullName); Text = $Text; Count = $Count; Steps = $Steps }
        $job | Invoke-McdmSample -Model $experts -Seed 0 -ErrorVariable failed | Save-McdmImage $Out -Force
        $file.MoveTo("$folder/$(if ($failed) { 'failed' } else { 'done' })/$($file.Name)", $true)
    }
    [System.Threading.Thread]::Sleep(500)
}
