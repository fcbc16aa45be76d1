# How well pictures follow their conditions is measured as they are made.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $manifest
}

Describe 'A picture that is sampled' {
    BeforeAll {
        $model = Import-McdmModel Fashion
        # A condition that hardly weighs anything is passed over by most pictures.
        $ask = @{ Model = $model; Text = 'a sandal'; TextWeight = 0.001; Count = 4; Steps = 4; Seed = 1 }
        $made = Invoke-McdmSample @ask -Name shoe -WarningVariable said -WarningAction SilentlyContinue
    }

    It 'says how well each condition is followed, and what was asked and seen' {
        $made.Followed | ForEach-Object { $_ | Should -Match '^text [01]\.00$' }
        $missed = $made | Where-Object NotFollowed
        $missed | Should -Not -BeNullOrEmpty
        $missed[0].NotFollowed | Should -Match '^class: .+, not sandal$'
        ($made | Format-Table | Out-String) | Should -Match 'Followed'
        ($made[0] | Format-List | Out-String) | Should -Match 'NotFollowed'
    }

    It 'warns where one is hardly followed, naming row and seed' {
        "$($said[0])" | Should -Match "^'shoe-\d' hardly follows Text 'a sandal' × 0\.001: class: "
    }

    It 'keeps it in its file, its night''s log and the gallery' {
        $file = $made | Where-Object NotFollowed | Select-Object -First 1 | Save-McdmImage $TestDrive
        ($file | Get-Item | Measure-McdmImage).NotFollowed | Should -Match 'not sandal'
        $page = Get-Item $file | Export-McdmGallery "$TestDrive/page.html"
        Get-Content $page -Raw | Should -Match '"notFollowed":"class: '
        $null = [pscustomobject]@{ Name = 'row'; Text = 'a sandal'; Seed = 5 } | Invoke-McdmSample -Model $model -Steps 2 -SkipExisting "$TestDrive/night" -WarningAction Ignore |
            Save-McdmImage "$TestDrive/night" -SkipExisting
        Get-ChildItem "$TestDrive/night/.mcdm-run" -Filter *.jsonl | Get-Content | Select-Object -Index 1 | Should -Match '"followed":"text '
    }

    It 'is not measured with -NoMeasure' {
        $plain = Invoke-McdmSample @ask -NoMeasure
        $plain[0].Recipe.Followed | Should -BeNullOrEmpty
        $plain[0].Recipe.Essence().ToJson() | Should -Be $made[0].Recipe.Essence().ToJson()
    }

    It 'has the same figures again' {
        ($made[0] | Invoke-McdmSample -Model $model -WarningAction Ignore).Recipe.ToJson() | Should -Be $made[0].Recipe.ToJson()
    }

    It 'is never lost where the judge fails' {
        $models, $judges = ('models', 'judges' | ForEach-Object { (New-Item -ItemType Directory "$TestDrive/packs/$_").FullName })
        Copy-Item $model.Path $models -Recurse
        Copy-Item "$($model.Path)/../../judges/Fashion" $judges -Recurse
        [System.IO.File]::WriteAllText("$judges/Fashion/judge.json", '{')
        $env:MCDM_MODELS = $models
        try {
            Invoke-McdmSample -Model "$models/Fashion" -Text 'a sandal' -Steps 1 -Count 2 -BatchSize 1 -WarningVariable said -WarningAction Ignore | Should -HaveCount 2
        }
        finally { $env:MCDM_MODELS = $null }
        "$said" | Should -Match '^How well pictures follow their conditions is not measured: .*judge\.json'
    }
}
