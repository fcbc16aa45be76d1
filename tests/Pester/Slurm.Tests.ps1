# A job array on the real Slurm: two nodes of a cluster on this machine, a worker and a node of which are killed.

BeforeDiscovery {
    $lacks = @('slurmctld', 'slurmd', 'munged', 'sbatch') | Where-Object { -not (Get-Command $_, "/usr/sbin/$_" -CommandType Application -ErrorAction Ignore) }
    $noSlurm = -not $IsLinux -or $lacks -or (id -u) -ne 0
    if ($noSlurm) { Write-Host "The cluster is skipped: it takes root and Slurm, of which $($lacks -join ', ') is not here (Debian: apt-get install slurm-wlm munge)." }
}

Describe 'A night on a cluster' -Skip:$noSlurm {
    It 'makes each picture once and whole, as one process would' {
        $night = & "$PSScriptRoot/../Slurm/night.ps1" -Rows 24 -Parts 3 -Steps 4 -Kill NodeAndJobs -Compare
        # Something was left to make when they were killed.
        $night.Before | Should -BeLessThan 24
        $night.Files, $night.Same | Should -Be 24, 24
        # What a killed process was writing aside may lie there still, under a name that is no picture's.
        $night.Broken, $night.Claims | Should -Be 0, 0
        $night.Finish | Should -Be '0:0'
        $night.Summary | Should -BeLike '*24 of 24 rows are done, 0 missing.'
    }

    It 'gives way to a more urgent job, and goes on after it' {
        $night = & "$PSScriptRoot/../Slurm/night.ps1" -Rows 16 -Parts 2 -Steps 25 -Kill Preempt
        $night.Before | Should -BeLessThan 16
        # It ended in order, and was queued again.
        $night.Lost, $night.Requeued | Should -Be 0, 1
        $night.Files, $night.Broken, $night.Claims | Should -Be 16, 0, 0
    }
}
