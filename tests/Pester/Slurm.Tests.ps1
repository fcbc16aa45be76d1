# A job array on the real Slurm: two nodes of a cluster on this machine, a worker and a node of which are killed.

BeforeDiscovery { $noSlurm = & "$PSScriptRoot/../Slurm/lacks.ps1" }

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
}
