# A night on a Slurm cluster of two nodes on this machine (see cluster): a job array of examples/slurm, in which a worker and a node are killed, and what came of it.
# The test takes few rows; by hand:
#   dotnet pwsh tests/Slurm/night.ps1 -Rows 400 -Parts 8 -Steps 10 -Kill NodeAndJobs -Timeout 20 -Compare
[CmdletBinding()]
param(
    [int] $Rows = 24,
    [int] $Parts = 4,
    [int] $Steps = 10,
    [ValidateSet('Nothing', 'Node', 'NodeAndJobs', 'Preempt')] [string] $Kill = 'Node',
    [int] $Timeout = 5,
    [int] $Minutes = 9,
    [switch] $Compare
)

$ErrorActionPreference = 'Stop'
$root = (Resolve-Path "$PSScriptRoot/../..").ProviderPath
if (-not (Get-Module Mcdm)) { Import-Module "$root/Mcdm.psd1" }
$folder = [System.IO.Directory]::CreateTempSubdirectory('mcdm-slurm-').FullName
$cluster = "$PSScriptRoot/cluster"
$listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
$listener.Start()
$env:SLURM_TEST_PORT = $listener.LocalEndpoint.Port
$listener.Stop()
$env:SLURM_TEST_TIMEOUT = $Timeout
$env:OMP_NUM_THREADS = 1 # as the jobs have it: bytes are compared
$env:SLURM_CONF = "$folder/slurm.conf"
$env:JOBS, $env:OUT, $env:ARGS = "$folder/jobs.csv", "$folder/out", "-Steps $Steps"
Set-Content $env:JOBS (@('Name,Text,Seed') + (1..$Rows | ForEach-Object { "r$_,this person has $('black', 'pink', 'white' | Select-Object -Index ($_ % 3)) hair,$_" }))

# The examples as they stand, but in float32 and one by one: bytes are compared.
Set-Content "$folder/exact.ps1" @"
`$global:PSDefaultParameterValues = @{ 'Invoke-McdmSample:BatchSize' = 1; 'Import-McdmModel:Precision' = 'Float32'; 'Import-McdmModel:Device' = 'cpu' }
Import-Module '$root/Mcdm.psd1'
`$script, `$rest = `$args
if (`$script -notlike '*worker*') { `$null = Import-McdmModel Faces }
`$named = @{}
for (`$i = 0; `$i -lt `$rest.Count; `$i += 2) { `$named[`$rest[`$i].TrimStart('-')] = `$rest[`$i + 1] }
& `$script @named
exit `$LASTEXITCODE
"@
foreach ($job in 'night', 'finish') { (Get-Content "$root/examples/slurm/$job.sbatch") -replace ' (examples/\S+\.ps1) -Jobs', " $folder/exact.ps1 `$1 -Jobs" | Set-Content "$folder/$job.sbatch" }

function Get-Picture { @(Get-ChildItem $env:OUT -Filter *.png -ErrorAction Ignore) }
function Wait-Until([scriptblock] $Condition, [string] $What) {
    $until = (Get-Date).AddMinutes($Minutes)
    while (-not (& $Condition)) {
        if ((Get-Date) -gt $until) { throw "Waited in vain for $What. $(squeue | Out-String) $(Get-Content $folder/*.log -Tail 5 | Out-String)" }
        Start-Sleep -Milliseconds 200
    }
}

try {
    $null = & $cluster start $folder
    if ($LASTEXITCODE) { throw 'The cluster did not start.' }
    Push-Location $root
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $array = sbatch --parsable "--array=1-$Parts" "--output=$folder/part-%a.log" "$folder/night.sbatch"
    $finish = sbatch --parsable "--dependency=afterany:$array" "--output=$folder/finish.log" "$folder/finish.sbatch"
    Wait-Until { @(Get-Picture).Count -ge $Rows / 8 } 'the first pictures'
    switch ($Kill) {
        'Preempt' {
            $before = @(Get-Picture).Count
            $urgent = sbatch --parsable --partition=urgent --nodelist=n1 "--output=$folder/urgent.log" --wrap 'sleep 1'
            Wait-Until { "$(squeue -h -j $urgent -o %T)" -in '', 'RUNNING', 'COMPLETED' } 'the urgent job'
        }
        { $_ -in 'Node', 'NodeAndJobs' } {
            & $cluster kill-worker $folder n1
            $before = @(Get-Picture).Count
            & $cluster ($Kill -eq 'Node' ? 'kill' : 'kill-all') $folder n2
            Wait-Until { "$(sinfo -h -N -n n2 -p night -o %T)" -like 'down*' } 'the node to go down'
            & $cluster node $folder n2
        }
    }
    Wait-Until { -not (squeue -h) } 'the end'
    $clock.Stop()
    $files = Get-Picture
    $logs = Get-ChildItem "$env:OUT/.mcdm-run" -Filter *.jsonl | Get-Content | ForEach-Object { try { $_ | ConvertFrom-Json } catch { } }
    $run = Measure-McdmRun $env:OUT -Jobs $env:JOBS
    # The same rows by one process; one of its own, since this one's threads are not those of the jobs.
    $hashes = if ($Compare) {
        $null = dotnet "$PSHOME/pwsh.dll" -NoProfile "$folder/exact.ps1" "$root/examples/batch.ps1" -Jobs $env:JOBS -Out "$folder/one" -Steps $Steps
        (Get-FileHash "$folder/one/*.png").Hash
    }
    [pscustomobject]@{
        Rows     = $Rows
        Files    = $files.Count
        Broken   = @($files | Where-Object { try { $null = [Mcdm.Sampling.McdmImage]::FromFile($_.FullName); $false } catch { $true } }).Count
        Same     = -not $Compare ? $null : @(Compare-Object $hashes @($files | Get-FileHash).Hash -IncludeEqual -ExcludeDifferent).Count
        Twice    = @($logs | Where-Object event -eq made | Group-Object file | Where-Object Count -gt 1).Count
        Claims   = @(Get-ChildItem $env:OUT -Force -Filter '.mcdm-*.claim').Count
        Aside    = @(Get-ChildItem $env:OUT -Force -Filter '.mcdm-*.tmp').Count
        Before   = $before
        Workers  = ($run.Hosts.Processes | Measure-Object -Sum).Sum
        Lost     = ($run.Hosts.Lost | Measure-Object -Sum).Sum
        Requeued = @(1..$Parts | Where-Object { "$(scontrol show job "${array}_$_")" -match 'Restarts=[1-9]' }).Count
        Finish   = "$(scontrol show job $finish)" -match 'ExitCode=(\S+)' ? $Matches[1] : ''
        Summary  = (Get-Content "$folder/finish.log" | Where-Object { $_ -like '* ends: *' }) -replace '^\S+ ends: '
        Seconds  = [Math]::Round($clock.Elapsed.TotalSeconds)
    }
}
finally {
    Pop-Location
    & $cluster stop $folder
    Remove-Item $folder -Recurse -Force -ErrorAction Ignore
}
