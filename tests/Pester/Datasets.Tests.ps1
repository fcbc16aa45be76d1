# Labels find their pictures, and training says what is broken before it begins.

BeforeAll {
    Import-Module "$PSScriptRoot/../../Mcdm.psd1"

    # A picture of one colour, or of a bar of ink on paper.
    function Write-Picture([string] $Path, [byte] $Paper = 255, [byte] $Ink = $Paper, [int] $Width = 16, [int] $Height = 16) {
        $null = New-Item -ItemType Directory -Force (Split-Path $Path)
        $rgba = [byte[]]::new(4 * $Width * $Height)
        for ($i = 0; $i -lt $Width * $Height; $i++) {
            $level = $i % $Width -eq 5 ? $Ink : $Paper
            $rgba[4 * $i], $rgba[4 * $i + 1], $rgba[4 * $i + 2], $rgba[4 * $i + 3] = $level, $level, $level, 255
        }
        [Mcdm.Imaging.Files.PngFile]::Write([Mcdm.Imaging.Picture]::new($Width, $Height, $rgba), $Path, $null, $true)
    }

    $small = @{ ImageSize = 16; Channels = 8, 16; Blocks = 1, 1; BatchSize = 2; CheckpointMinutes = 60 }
}

Describe 'A dataset' {
    It 'matches names in any normal form' {
        # What a Mac calls é is e with an accent of its own.
        Write-Picture "$TestDrive/names/images/Andr$([char]0xe9).png"
        Write-Picture "$TestDrive/names/sketches/Andre$([char]0x301).png" -Ink 0
        (Import-McdmDataset "$TestDrive/names").Sketches | Should -Be 1
    }

    It 'passes hidden files over and counts labels of no picture in a warning' {
        Write-Picture "$TestDrive/hidden/images/1.png"
        'no picture' | Set-Content "$TestDrive/hidden/images/._1.png"
        Write-Picture "$TestDrive/hidden/sketches/0001.png" -Ink 0
        Write-Picture "$TestDrive/hidden/sketches/2.png" -Ink 0
        $data = Import-McdmDataset "$TestDrive/hidden" -WarningVariable warnings -WarningAction SilentlyContinue
        $data.Pictures, $data.Sketches | Should -Be 1, 1
        "$warnings" | Should -BeLike "*belong to none of its pictures*1 sketches (the first for '2')*"
    }
}

Describe 'A sketch' {
    It 'of pencil has lines' {
        Write-Picture "$TestDrive/pencil.png" -Paper 255 -Ink 170
        New-McdmCondition -Sketch "$TestDrive/pencil.png" -WarningVariable warnings | Should -Not -BeNullOrEmpty
        $warnings | Should -BeNullOrEmpty
    }

    It 'without a line warns' {
        Write-Picture "$TestDrive/empty.png"
        $null = New-McdmCondition -Sketch "$TestDrive/empty.png" -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike '*empty.png: it is a sketch without a line*'
    }
}

Describe 'Training' {
    BeforeEach {
        Get-ChildItem $TestDrive | Remove-Item -Recurse
        1..8 | ForEach-Object { Write-Picture "$TestDrive/data/images/$_.png" -Paper (20 * $_) -Ink 255 }
        $data = Import-McdmDataset "$TestDrive/data"
    }

    It '-Validate reports every broken picture and trains nothing' {
        3, 6 | ForEach-Object { 'no picture' | Set-Content "$TestDrive/data/images/$_.png" }
        $result = Start-McdmTraining $data -OutputPath "$TestDrive/run" @small -Steps 1 -Validate -ErrorVariable errors -ErrorAction SilentlyContinue
        $result | Should -BeNullOrEmpty
        $errors.Exception.Id | Should -Be 'PictureNotRecognised', 'PictureNotRecognised', 'DatasetBroken'
        $errors[0].TargetObject.Name, $errors[1].TargetObject.Name | Should -Be '3', '6'
        Test-Path "$TestDrive/run" | Should -BeFalse
    }

    It '-Validate -WhatIf reads and trains nothing' {
        $result = Start-McdmTraining $data -OutputPath "$TestDrive/run" @small -Steps 1 -Validate -WhatIf -ErrorVariable errors
        $result, $errors | Should -BeNullOrEmpty
        Test-Path "$TestDrive/run" | Should -BeFalse
    }

    It 'that meets a broken picture leaves a checkpoint to resume from' {
        $good = [System.IO.File]::ReadAllBytes("$TestDrive/data/images/6.png")
        'no picture' | Set-Content "$TestDrive/data/images/6.png"
        # The order depends on the seed: with one of these the picture comes after the first step.
        $step = foreach ($seed in 1..5) {
            $null = Start-McdmTraining $data -OutputPath "$TestDrive/run" @small -Steps 4 -Seed $seed -ErrorVariable errors -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
            $errors[0].Exception.Id | Should -Be 'PictureNotRecognised'
            if (Test-Path "$TestDrive/run/checkpoint.safetensors") { @(Import-Csv "$TestDrive/run/loss.csv").Count; break }
        }
        $step | Should -BeIn 1, 2, 3
        [System.IO.File]::WriteAllBytes("$TestDrive/data/images/6.png", $good)
        (Start-McdmTraining $data -OutputPath "$TestDrive/run" -Resume -WarningAction SilentlyContinue).Step | Should -Be 4
    }

    It '-Resume refuses other pictures' {
        $null = Start-McdmTraining $data -OutputPath "$TestDrive/run" @small -Steps 1
        1..8 | ForEach-Object { Write-Picture "$TestDrive/data/images/$_.png" -Paper 255 -Ink (30 * $_) }
        { Start-McdmTraining $data -OutputPath "$TestDrive/run" -Resume -ErrorAction Stop } | Should -Throw -ErrorId 'CheckpointDataset,Mcdm.PowerShell.Commands.StartMcdmTraining'
    }
}
