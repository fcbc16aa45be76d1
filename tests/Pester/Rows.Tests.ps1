# Tables of compositions: read in any country, numbered as their files are, shared by processes.

BeforeDiscovery { Import-Module "$PSScriptRoot/../../Mcdm.psd1" }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $null = Import-McdmModel Faces
    $invariant = [cultureinfo]::CurrentCulture
    $german = [cultureinfo]::InvariantCulture.Clone()
    $german.NumberFormat.NumberDecimalSeparator = ','
    $german.NumberFormat.NumberGroupSeparator = '.'

    function Get-PictureHash($Image) { [Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData($Image.Picture.Rgba)) }
}

AfterAll { Get-McdmModel | Remove-McdmModel }

Describe 'Numbers where a comma is the decimal point' {
    BeforeEach { [cultureinfo]::CurrentCulture = $german }
    AfterEach { [cultureinfo]::CurrentCulture = $invariant }

    It 'are read from a German spreadsheet' {
        "Name;Text;TextWeight`r`na;pink hair;0,5`r`nb;pink hair;1,25`r`n" | Set-Content "$TestDrive/de.csv" -NoNewline -Encoding utf8BOM
        (Import-McdmJob "$TestDrive/de.csv").TextWeight | Should -Be '0.5', '1.25'
        (Import-McdmJob "$TestDrive/de.csv" | Invoke-McdmSample -Steps 1).Conditions | Should -Be "Text 'pink hair' × 0.5", "Text 'pink hair' × 1.25"
    }

    It 'are errors elsewhere: <_>' -ForEach "New-McdmCondition hat -Weight '0,5'", "New-McdmCondition hat -Schedule @{ 1 = '0,5' }", "Invoke-McdmSample -Text hat -TextWeight '0,5'",
        "[pscustomobject]@{ Text = 'hat'; TextWeight = '0,5' } | Invoke-McdmSample", "Invoke-McdmSample -Eta '0,5'" {
        $ErrorActionPreference = 'Stop'
        { Invoke-Expression $_ } | Should -Throw "*'0,5' is not a number*decimal point*"
    }

    It 'are written to a result list that makes the pictures again' {
        $first = Invoke-McdmSample -Text 'pink hair' -TextWeight 0.5 -Seed 4294967297 -Sampler Ddim -Eta 0.25 -Steps 2
        $first | Save-McdmImage "$TestDrive/list" | Export-Csv "$TestDrive/list.csv" -UseCulture
        $again = Import-Csv "$TestDrive/list.csv" -UseCulture | Select-Object Recipe | Invoke-McdmSample
        Get-PictureHash $again | Should -Be (Get-PictureHash $first)
    }
}

Describe 'Seeds' {
    It 'differ above 32 bits' {
        $images = 1, 4294967297, 8589934593 | ForEach-Object { Invoke-McdmSample -Seed $_ -Steps 2 }
        @($images | ForEach-Object { Get-PictureHash $_ } | Sort-Object -Unique).Count | Should -Be 3
    }
}

Describe 'Rows of Import-Csv' {
    It 'are numbered whatever fails before, and a rerun makes the mended one alone' {
        Set-Content "$TestDrive/rows.csv" 'Text,TextWeight', 'pink hair,50%', 'black hair,1', 'a hat,1'
        $run = { Import-Csv "$TestDrive/rows.csv" | Invoke-McdmSample -Steps 1 -SkipExisting "$TestDrive/rows" | Save-McdmImage "$TestDrive/rows" -SkipExisting }
        (& $run -ErrorVariable failed 2>$null).Name | Should -Be 'row-0002-0.png', 'row-0003-0.png'
        Set-Content "$TestDrive/rows.csv" 'Text,TextWeight', 'pink hair,0.5', 'black hair,1', 'a hat,1'
        (& $run).Name | Should -Be 'row-0001-0.png'
        & $run | Should -BeNullOrEmpty
        (Get-ChildItem "$TestDrive/rows" -File -Force).Count | Should -Be 3
    }

    It 'say which row it is' {
        Set-Content "$TestDrive/bad.csv" 'Name,Text,Seed', 'a,pink hair,1.5', 'b,pink hair,2'
        (Import-Csv "$TestDrive/bad.csv" | Invoke-McdmSample -Steps 1 -ErrorVariable failed -ErrorAction SilentlyContinue).FileName | Should -Be 'b-2'
        "$failed" | Should -BeLike "Row 1 (a): Seed: '1.5' is not a whole number*"
        $failed[0].Exception | Should -BeOfType ([Mcdm.McdmException])
        $failed[0].TargetObject.Name | Should -Be 'a'
    }

    It 'in another encoding are errors of theirs' {
        [IO.File]::WriteAllText("$TestDrive/ansi.csv", "Name,Text`nm,a girl called Zoë`nn,pink hair", [Text.Encoding]::Latin1)
        (Import-Csv "$TestDrive/ansi.csv" | Invoke-McdmSample -Steps 1 -Seed 1 -ErrorVariable failed -ErrorAction SilentlyContinue).FileName | Should -Be 'n-1'
        "$failed" | Should -BeLike 'Row 1 (m): Text: *Import-Csv -Encoding ansi*'
        (Import-McdmJob "$TestDrive/ansi.csv" -Encoding ansi)[0].Text | Should -Be 'a girl called Zoë'
        { Import-McdmJob "$TestDrive/ansi.csv" -ErrorAction Stop } | Should -Throw '*line 2 has the bytes EB*-Encoding ansi*'
    }
}

Describe 'Several processes' {
    BeforeAll {
        Set-Content "$TestDrive/many.csv" (@('Name,Text,Seed') + (1..16 | ForEach-Object { "n$_,pink hair,$_" }))
        # What each runs; it says what it saved and what failed.
        $share = {
            param($manifest, $folder, $steps)
            Import-Module $manifest
            Import-McdmJob "$folder/many.csv" | Invoke-McdmSample -Model Faces -Steps $steps -BatchSize 2 -SkipExisting "$folder/shared" |
                Save-McdmImage "$folder/shared" -SkipExisting -ErrorVariable failed | ForEach-Object Name
            $failed | ForEach-Object { "failed: $_" }
        }
        # Starts one with a script of its own, and gives its process as soon as it has claimed something.
        function Start-Claiming {
            $text = "`$null = New-Item -ItemType Directory -Force '$TestDrive/claimed'; Import-Module '$manifest'; Invoke-McdmSample -Model Faces -Steps 1000 -Sampler Ddpm -Count 2 -Seed 1 -Name c -SkipExisting '$TestDrive/claimed' | Save-McdmImage '$TestDrive/claimed'"
            $process = Start-Process $shell -ArgumentList ($shellArguments + '-Command', $text) -NoNewWindow -PassThru -RedirectStandardOutput "$TestDrive/stdout" -RedirectStandardError "$TestDrive/stderr"
            while (-not $process.HasExited -and @(Get-Claim).Count -lt 2) { Start-Sleep -Milliseconds 20 }
            $process
        }
        function Get-Claim { Get-ChildItem "$TestDrive/claimed" -Force -Filter '.mcdm-*.claim' -ErrorAction Ignore }
    }

    AfterEach { Get-ChildItem "$TestDrive/claimed" -Force -ErrorAction Ignore | Remove-Item -Force }

    It 'make each picture of a folder once, and never fail on each other' {
        $jobs = 1..3 | ForEach-Object { Start-Job $share -ArgumentList $manifest, "$TestDrive", 4 }
        $made = @($jobs | Receive-Job -Wait -AutoRemoveJob)
        $made | Sort-Object | Should -Be (1..16 | ForEach-Object { "n$_-$_.png" } | Sort-Object)
        @(Get-ChildItem "$TestDrive/shared" -File -Force).Count | Should -Be 16
    }

    It 'leave a picture to the one that has claimed it, until that is killed' {
        $other = Start-Claiming
        $other.HasExited | Should -BeFalse -Because (Get-Content "$TestDrive/stderr" -Raw)
        $run = { Invoke-McdmSample -Steps 1 -Count 2 -Seed 1 -Name c -SkipExisting "$TestDrive/claimed" -Verbose 4>&1 | ForEach-Object { if ($_ -is [Mcdm.Sampling.McdmImage]) { $_ | Save-McdmImage "$TestDrive/claimed" } else { "$_" } } }
        @(& $run) -like "*is being made by process $($other.Id) on $([Environment]::MachineName)*" | Should -HaveCount 2
        $other.Kill()
        $other.WaitForExit()
        @(Get-Claim).Count | Should -Be 2
        (& $run | Where-Object { $_ -isnot [string] }).Name | Should -Be 'c-1.png', 'c-2.png'
        Get-Claim | Should -BeNullOrEmpty
    }

    It 'give their claims up at Ctrl+C' -Skip:$IsWindows {
        $other = Start-Claiming
        kill -INT $other.Id
        $other.WaitForExit()
        Get-Claim | Should -BeNullOrEmpty
    }
}

Describe 'A folder that cannot be written to' {
    It 'is refused before the first step' {
        Set-Content "$TestDrive/file" ''
        $steps = 0
        { Invoke-McdmSample -Count 3 -ErrorAction Stop | ForEach-Object { $script:steps++; $_ } | Save-McdmImage "$TestDrive/file/out" -ErrorAction Stop } | Should -Throw '*Nothing can be written to*is a file*'
        $script:steps | Should -BeNullOrEmpty
    }
}
