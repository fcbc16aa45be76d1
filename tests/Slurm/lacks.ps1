# Whether the tests on a cluster must be skipped, which is said with its reason.
#   dotnet pwsh tests/Slurm/lacks.ps1
$lacks = @('slurmctld', 'slurmd', 'munged', 'sbatch') | Where-Object { -not (Get-Command $_, "/usr/sbin/$_" -CommandType Application -ErrorAction Ignore) }
$skip = -not $IsLinux -or $lacks -or (id -u) -ne 0
if ($skip) { Write-Host "The cluster is skipped: it takes root and Slurm$(if ($lacks) { ", of which $($lacks -join ', ') is not here" }) (Debian: apt-get install slurm-wlm munge)." }
[bool] $skip
