# Processes that share a folder of pictures, on this computer and on others: a name space with a host name of its own stands for another, and faketime for a clock that is wrong.

BeforeDiscovery {
    Import-Module "$PSScriptRoot/../../Mcdm.psd1"
    $hosts = $IsLinux -and (& { unshare --uts hostname elsewhere 2>$null; $LASTEXITCODE -eq 0 })
    $clocks = $hosts -and (Get-Command faketime -ErrorAction Ignore)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $out = "$TestDrive/claimed"
    $line = "Invoke-McdmSample -Model Faces -Count 2 -Seed 1 -Name c -SkipExisting '$out' -ClaimMinutes 1"

    # Starts a process that claims two pictures and takes long over them, and gives it as soon as it has; before it stands what else to start it with.
    function Start-Claiming([string[]] $Before = @()) {
        $null = New-Item -ItemType Directory -Force $out
        $text = "Import-Module '$manifest'; $line -Steps 1000 -Sampler Ddpm | Save-McdmImage '$out'"
        $command = $Before + $shell + $shellArguments + '-Command', $text
        $process = Start-Process $command[0] -ArgumentList ($command[1..$command.Count] | ForEach-Object { "`"$_`"" }) -NoNewWindow -PassThru -RedirectStandardOutput "$TestDrive/stdout" -RedirectStandardError "$TestDrive/stderr"
        while (-not $process.HasExited -and @(Get-Claim).Count -lt 2) { Start-Sleep -Milliseconds 20 }
        $process.HasExited | Should -BeFalse -Because (Get-Content "$TestDrive/stderr" -Raw)
        $process
    }

    function Get-Claim { Get-ChildItem $out -Force -Filter '.mcdm-*.claim' -ErrorAction Ignore }

    # What another process makes of the same line in one step: names of pictures, and what it left to others.
    function Invoke-Line([string[]] $Before = @()) {
        $command = $Before + $shell + $shellArguments + '-Command', "Import-Module '$manifest'; $line -Steps 1 -Verbose 4>&1 | ForEach-Object { if (`$_ -is [Mcdm.Sampling.McdmImage]) { (`$_ | Save-McdmImage '$out').Name } else { `"`$_`" } }; @() | Save-McdmImage '$out'"
        @(& $command[0] @($command[1..$command.Count]) | Where-Object { $_ -like '*.png' -or $_ -like '*is being made by*' })
    }
}

Describe 'A worker' {
    AfterEach {
        if ($other -and -not $other.HasExited) { $other.Kill($true); $other.WaitForExit() }
        Get-ChildItem $out -Force -ErrorAction Ignore | Remove-Item -Force -Recurse
    }

    Context 'at SIGTERM' -Skip:$IsWindows {
        It 'finishes its step, gives its claims up and ends' {
            $other = Start-Claiming
            kill -TERM $other.Id
            $other.WaitForExit(20000) | Should -BeTrue
            $other.ExitCode | Should -Be 143
            Get-ChildItem $out -Force -Filter '.mcdm-*.*' | Should -BeNullOrEmpty
            Invoke-Line | Should -Be 'c-1.png', 'c-2.png'
        }
    }

    Context 'beside others' {
        It 'renews its claims while it makes the pictures' {
            $other = Start-Claiming
            $before = (Get-Claim).LastWriteTimeUtc
            Start-Sleep 7
            $other.HasExited | Should -BeFalse
            $after = (Get-Claim).LastWriteTimeUtc
            0, 1 | ForEach-Object { $after[$_] | Should -BeGreaterThan $before[$_] }
        }

        It 'of another host holds its claims until it has not renewed them for the minutes, whatever the clocks say' -Skip:(-not $clocks) {
            $env:NO_FAKE_STAT = $env:FAKETIME_DONT_FAKE_MONOTONIC = '1'
            $other = Start-Claiming 'unshare', '--uts', 'sh', '-c', 'hostname elsewhere; exec \"$@\"', 'sh'
            # An hour ahead, and still it sees that the claims are new, and that another is writing.
            Set-Content "$out/.mcdm-written-now.tmp" ''
            $left = Invoke-Line 'faketime', '-f', '+1h'
            "$out/.mcdm-written-now.tmp" | Should -Exist
            Remove-Item "$out/.mcdm-written-now.tmp" -Force
            $left | Should -HaveCount 2
            $left | Should -BeLike '*is being made by process * on elsewhere*'
            $other.Kill($true)
            $other.WaitForExit()
            # An hour behind, and still it sees that they are old.
            Invoke-Line | Should -HaveCount 2 -Because 'what has ended elsewhere cannot be known before the minute is over'
            Get-Claim | ForEach-Object { $_.LastWriteTimeUtc = [datetime]::UtcNow.AddSeconds(-65) }
            Invoke-Line 'faketime', '-f', '-1h' | Should -Be 'c-1.png', 'c-2.png'
            Get-Claim | Should -BeNullOrEmpty
        }
    }
}
