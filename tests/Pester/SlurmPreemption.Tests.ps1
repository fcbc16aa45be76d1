# A job array on the real Slurm that must give way to a more urgent job.

BeforeDiscovery { $noSlurm = & "$PSScriptRoot/../Slurm/lacks.ps1" }

Describe 'A night on a cluster' -Skip:$noSlurm {
    It 'gives way to a more urgent job, and goes on after it' {
        $night = & "$PSScriptRoot/../Slurm/night.ps1" -Rows 16 -Parts 2 -Steps 25 -Kill Preempt
        $night.Before | Should -BeLessThan 16
        # It ended in order, and was queued again.
        $night.Lost, $night.Requeued | Should -Be 0, 1
        $night.Files, $night.Broken, $night.Claims | Should -Be 16, 0, 0
    }
}
