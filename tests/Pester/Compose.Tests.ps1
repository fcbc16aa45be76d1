# What cmdlets hand on goes into everyone's cmdlets, and what those hand on goes into ours.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $manifest
    $null = Import-McdmModel Faces
    $inputs = Join-Path (Split-Path $manifest) examples/inputs
    $image = New-McdmCondition 'pink hair' | Invoke-McdmSample -Seed 3 -Steps 2
    $out = (New-Item -ItemType Directory TestDrive:/out).FullName
    $saved = $image | Save-McdmImage $out

    function Get-Pixels($Image) { [Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([byte[]]$Image.Picture.GetRgba())) }
    # The labels that a table view has, read from what is shown.
    function Get-Columns($Object) {
        $lines = @(($Object | Format-Table | Out-String -Width 300) -split '\r?\n')
        $rule = 0..($lines.Count - 1) | Where-Object { $lines[$_] -match '^-+( |$)|^ *-+( +-+)+ *$' } | Select-Object -First 1
        $lines[$rule - 1].Trim() -split ' {1,}'
    }
}

Describe 'Saved files' {
    It 'say where they are and what they were made from, and stand for the files' {
        $saved.Path, $saved.FullName | Should -Be @((Join-Path $out Faces-3.png), (Join-Path $out Faces-3.png))
        ($saved.Name, $saved.Seed, $saved.Conditions, $saved.Model) | Should -Be ('Faces-3.png', 3, "Text 'pink hair' × schedule", 'Faces')
        $saved.Length, $saved.LastWriteTime | Should -Be (Get-Item $saved).Length, (Get-Item $saved).LastWriteTime
        $saved.Recipe | Should -Be $image.Recipe.Essence().ToJson()
        & { param([System.IO.FileInfo] $File) $File.FullName } $saved | Should -Be $saved.FullName
    }

    It 'are small in lists' {
        ($saved | ConvertTo-Csv)[0] -split ',' | Should -HaveCount 12
        ($saved | ConvertTo-Json).Length | Should -BeLessThan 1000
        ($saved | ConvertTo-Json -WarningVariable cut | ConvertFrom-Json).Recipe | Invoke-McdmSample | ForEach-Object Seed | Should -Be 3
        $cut | Should -BeNullOrEmpty
    }

    It 'go into <_>' -ForEach @(
        { Compress-Archive -DestinationPath TestDrive:/a.zip -Force -PassThru }, { Get-FileHash }, { Copy-Item -Destination TestDrive:/copy.png -PassThru }, { Get-Item }, { Split-Path -Leaf }
        { Get-Content -AsByteStream -TotalCount 1 }, { Resolve-Path }, { Test-Path }, { Join-McdmImage }, { ConvertTo-McdmSketch }, { New-McdmCondition -Modality Sketch }, { Invoke-McdmSample }
        { Measure-McdmImage -Attribution }, { Export-McdmGallery TestDrive:/a.html -Force }
    ) {
        $command = [scriptblock]::Create("`$input | $_")
        @($saved | & $command -ErrorAction Stop).Count | Should -BeGreaterThan 0
    }

    It 'also where brackets stand in the path' {
        $null = New-Item -ItemType Directory "$out/a[1]"
        $one = $image | Save-McdmImage -LiteralPath "$out/a[1]"
        ($one | Get-FileHash).Hash | Should -Be ($saved | Get-FileHash).Hash
        $one | Compress-Archive -DestinationPath TestDrive:/b.zip
        ($one | Copy-Item -Destination TestDrive:/copy.png -PassThru).Length | Should -Be $saved.Length
        (Get-Item $one.Path).Length | Should -Be $one.Length
        $one | Export-Csv TestDrive:/one.csv
        (Import-Csv TestDrive:/one.csv | Measure-McdmImage).Path | Should -Be (Join-Path $out 'a[1]' 'Faces-3.png')
        Get-Pixels ($one | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
    }

    It 'are a list that makes the same pictures when it is exported and imported' {
        $saved | Export-Csv TestDrive:/list.csv
        $row = Import-Csv TestDrive:/list.csv
        Get-Pixels ($row | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
        ($row | Join-McdmImage).Name | Should -Be 'sheet'
        ($row | Measure-McdmImage).Path | Should -Be $saved.FullName
        $row | Export-McdmGallery TestDrive:/c.html | Should -Exist
        Get-ChildItem $out -File | Export-Csv TestDrive:/files.csv
        Get-Pixels (Import-Csv TestDrive:/files.csv | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
    }

    It 'are JPEG and WebP by their names' {
        foreach ($name in 'x.jpg', 'x.webp', 'x.JPEG') {
            $file = $image | Save-McdmImage "$out/$name"
            $file.Name | Should -Be $name
            $start = Get-Content $file -AsByteStream -TotalCount 4
            [Convert]::ToHexString($start) | Should -Be ($name -like '*.webp' ? '52494646' : 'FFD8FFE0')
            # The object has the recipe, which these files have not.
            Get-Pixels ($file | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
        }
    }

    It 'are not made again: <_>' -ForEach 'y.png', 'y.jpg', 'y.webp', 'folder' {
        $made = New-McdmCondition 'pink hair' | Invoke-McdmSample -Seed 3 -Steps 1 -SkipExisting "$out/$_"
        $made | Save-McdmImage "$out/$_" -SkipExisting | Should -HaveCount 1
        New-McdmCondition 'pink hair' | Invoke-McdmSample -Seed 3 -Steps 1 -SkipExisting "$out/$_" | Should -BeNullOrEmpty
        $made | Save-McdmImage "$out/$_" -SkipExisting | Should -BeNullOrEmpty
    }

    It 'say how -SkipExisting is meant' {
        { Invoke-McdmSample 'pink hair' -SkipExisting $true -ErrorAction Stop } | Should -Throw '*Invoke-McdmSample -SkipExisting ./out | Save-McdmImage ./out -SkipExisting*'
        { $image | Save-McdmImage $out -SkipExisting:'./out' -ErrorAction Stop } | Should -Throw '*Invoke-McdmSample -SkipExisting ./out | Save-McdmImage ./out -SkipExisting*'
    }
}

Describe 'Other files' {
    It 'are read by Get-Content' {
        $page = $image | Export-McdmGallery TestDrive:/gallery.html
        $page | Should -BeOfType ([System.IO.FileInfo])
        $page | Get-Content -TotalCount 1 | Should -Be '<!doctype html>'
    }

    It 'are folders of models' {
        Get-McdmModel Faces | Export-McdmModel TestDrive:/model | Get-ChildItem -Filter model.json | Should -Exist
    }
}

Describe 'Recipes' {
    It 'are read as ConvertTo-Json writes them: <_>' -ForEach @(
        { $image.Recipe | ConvertTo-Json -Depth 12 }, { $image.Recipe | ConvertTo-Json -Depth 12 -EnumsAsStrings -Compress }, { $saved.Recipe | ConvertTo-Json }
    ) {
        Get-Pixels (& $_ | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
    }

    It 'may be several in one text' {
        $image.Recipe, $image.Recipe | ConvertTo-Json -Depth 12 | Invoke-McdmSample | Should -HaveCount 2
    }

    It 'say that they were cut' {
        { $image.Recipe | ConvertTo-Json -WarningAction Ignore | Invoke-McdmSample -ErrorAction Stop } | Should -Throw '*was cut*-Depth 12*'
    }

    It 'with pictures in them too' {
        $drawn = New-McdmCondition -Sketch "$inputs/sketch.png" -Region "$inputs/sketch.png" -Schedule @{ 1 = 1; 9 = 2 } | Invoke-McdmSample -Steps 1 -Seed 2
        Get-Pixels ($drawn.Recipe | ConvertTo-Json -Depth 12 | Invoke-McdmSample) | Should -Be (Get-Pixels $drawn)
    }

    It 'make the same file, byte for byte: <_>' -ForEach @(
        { New-McdmCondition 'A person with PINK hair!' }, { New-McdmCondition -Sketch "$inputs/face.png" }
        { New-McdmCondition -Sketch "$inputs/sketch.png"; New-McdmCondition -Segment "$inputs/mask.png" -Part Hair, Skin }
    ) {
        $first = & $_ | Invoke-McdmSample -Seed 5 -Steps 1 -BatchSize 1 | Save-McdmImage TestDrive:/first.png -Force
        $second = $first | Invoke-McdmSample | Save-McdmImage TestDrive:/second.png -Force
        (Get-FileHash $second.Path).Hash | Should -Be (Get-FileHash $first.Path).Hash
    }
}

Describe 'Types of parameters' {
    It 'are made of texts where the engine knows the type alone, as in mocks' {
        Mock Invoke-McdmSample { "$($Model.Name), $($Condition.Text)" }
        Invoke-McdmSample -Condition 'pink hair' -Model Faces | Should -Be 'Faces, pink hair'
        Mock Join-McdmImage { $Image.Seed }
        Join-McdmImage -Image $saved.Path | Should -Be 3
        ([Mcdm.Sampling.Recipe]$saved.Path).Seed, ([Mcdm.Modalities.Modality]'sketch').Name, ([Mcdm.Diffusion.Samplers.Sampler]'ddim').Name | Should -Be 3, 'Sketch', 'Ddim'
        { [Mcdm.Experts.Model]'none' } | Should -Throw "*No model named 'none'*"
    }
}

Describe 'Errors' {
    It 'about paths say where was looked, and have the path as their target' {
        $ErrorActionPreference = 'Stop'
        foreach ($command in { New-McdmCondition -Sketch ./no.png }, { Invoke-McdmSample -Sketch ./no.png }, { Join-McdmImage -Path ./no.png }, { Import-McdmModel ./no.png }) {
            $failed = try { & $command } catch { $_ }
            "$failed" | Should -BeLike "*'./no.png' (looked for '$(Join-Path $PWD no.png)')*"
            $failed.TargetObject | Should -Be './no.png'
        }
        $(try { Join-McdmImage -Path (Join-Path $out no.png) -ErrorAction Stop } catch { "$_" }) | Should -Not -Match 'looked for'
        $failed = try { Import-McdmModel none -ErrorAction Stop } catch { $_ }
        $failed.TargetObject | Should -Be 'none'
    }
}

Describe 'Tables' {
    It 'have room for the names of modalities and for seeds' {
        New-McdmCondition -LowResolution "$inputs/face.png" | Format-Table | Out-String | Should -Match 'LowResolution +1 face.png'
        [pscustomobject]@{ PSTypeName = 'Mcdm.Job'; Name = 'a'; Seed = 1234567890 } | Format-Table | Out-String | Should -Match '1234567890'
        $image | Measure-McdmImage -Attribution | Format-Table | Out-String | Should -Match '(?m)^FileName +Seed +Modality'
    }
}

Describe 'Pictures' {
    It 'leave their pixels out of JSON' {
        $json = $image | ConvertTo-Json -Depth 3 -WarningAction Ignore
        $json | Should -Not -Match 'Rgba|Whole'
        ($json | ConvertFrom-Json).FileName | Should -Be 'Faces-3'
        $json.Length | Should -BeLessThan 5000
        $image.Picture.Rgba.Count | Should -Be (4 * 128 * 128)
    }

    It 'and all else show a name in Format-Wide: <Name>' -ForEach @(
        @{ Name = 'Faces-3'; Make = { $image } }, @{ Name = 'Faces-3.png'; Make = { $saved } }, @{ Name = "'pink hair'"; Make = { New-McdmCondition 'pink hair' } }
        @{ Name = 'Faces'; Make = { Get-McdmModel Faces } }, @{ Name = 'Faces'; Make = { $image | Measure-McdmImage } }
    ) {
        (& $Make | Format-Wide | Out-String).Trim() -split '\s{2,}' | Select-Object -Last 1 | Should -Be $Name
    }

    It 'and all else sort by every column that is shown: <Type>' -ForEach @(
        @{ Type = 'picture'; Make = { $image } }, @{ Type = 'file'; Make = { $saved } }, @{ Type = 'condition'; Make = { New-McdmCondition 'pink hair' } }
        @{ Type = 'model'; Make = { Get-McdmModel Faces } }, @{ Type = 'expert'; Make = { (Get-McdmModel Faces).Experts } }, @{ Type = 'recipe'; Make = { $image.Recipe } }
        @{ Type = 'condition of a recipe'; Make = { $image.Recipe.Conditions } }, @{ Type = 'measurement'; Make = { $image | Measure-McdmImage } }
        @{ Type = 'attribution'; Make = { $image | Measure-McdmImage -Attribution } }, @{ Type = 'device'; Make = { Get-McdmDevice } }
        @{ Type = 'available model'; Make = { Get-McdmModel -ListAvailable } }, @{ Type = 'part'; Make = { (Get-McdmModel Faces).Parts } }
        @{ Type = 'dataset'; Make = { $data = New-Item -ItemType Directory TestDrive:/data -Force; Copy-Item "$inputs/face.png" $data; Import-McdmDataset $data } }
        @{ Type = 'training'; Make = { [Mcdm.Training.TrainingResult]@{ OutputPath = 'x'; Expert = 'text'; Step = 1; Steps = 2; PicturesSeen = 3; Loss = 0.5; Duration = '0:01:00' } } }
        @{ Type = 'run'; Make = { Measure-McdmRun TestDrive:/data } }
        @{ Type = 'host of a run'; Make = { [Mcdm.Runs.HostMeasurement]@{ Host = 'n1'; Processes = 1; Running = 0; Lost = 0; Pictures = 3; Errors = 0; PicturesPerMinute = 1.5 } } }
        @{ Type = 'failure of a run'; Make = { [Mcdm.Runs.RunFailure]::new(2, 'b', 'n1', [datetime]::UtcNow, 'PathNotFound', 'There is none.') } }
        @{ Type = 'item'; Make = { (Import-McdmDataset TestDrive:/data).Items } }
    ) {
        $object = @(& $Make)[0]
        $columns = Get-Columns $object
        $columns.Count | Should -BeGreaterThan 1
        foreach ($column in $columns) {
            $object.PSObject.Properties[$column] | Should -Not -BeNullOrEmpty -Because "'$column' is shown"
            "$(($object | Select-Object $column).$column)" | Should -Be "$($object.$column)"
        }
    }

    It 'sort by size as numbers' {
        $sizes = foreach ($n in 128, 64, 9) { [Mcdm.Imaging.PictureSize]::new($n, $n) }
        ($sizes | Sort-Object).Width | Should -Be 9, 64, 128
    }

    It 'are measured with the file that they are' {
        $measured = Measure-McdmImage $saved.FullName
        ($measured.Name, $measured.Path) | Should -Be ('Faces', $saved.FullName)
        ($measured | Copy-Item -Destination TestDrive:/best.png -PassThru).Length | Should -Be $saved.Length
        ($measured | Join-McdmImage).Name | Should -Be 'sheet'
        ($image | Measure-McdmImage).Path | Should -BeNullOrEmpty
    }
}

Describe 'What goes in' {
    It 'is a sentence, by its place' {
        (Invoke-McdmSample 'pink hair' -Seed 3 -Steps 2).Conditions | Should -Be "Text 'pink hair' × schedule"
        Get-Pixels (Invoke-McdmSample 'pink hair' -Seed 3 -Steps 2) | Should -Be (Get-Pixels $image)
    }

    It 'is a hashtable, a composition of its own' {
        $made = @{ Text = 'pink hair'; Seed = 3 }, [ordered]@{ Text = 'black hair'; Seed = '4'; Name = 'b'; Count = 2 } | Invoke-McdmSample -Steps 2 -BatchSize 1
        $made.FileName | Should -Be 'row-0001-3', 'b-4', 'b-5'
        Get-Pixels $made[0] | Should -Be (Get-Pixels $image)
        (@{ Text = 'a'; Seed = 1; Count = 3 } | Invoke-McdmSample -Steps 1 -Count 1 -Seed 9).FileName | Should -Be 'row-0001-9'
        $made = @{ Text = 'a'; Seed = 'x' }, @{ Text = 'a'; Count = 0 }, @{ Text = 'a'; Seed = 2 } | Invoke-McdmSample -Steps 1 -ErrorAction SilentlyContinue -ErrorVariable wrong
        $made.FileName | Should -Be 'row-0003-2'
        @($wrong).Count | Should -Be 2
        "$($wrong[0])" | Should -Match "^Row 1.*Seed.*'x'"
    }

    It 'is several sentences for New-McdmCondition' {
        ('pink hair', 'a hat' | New-McdmCondition -Weight 0.5).ForEach({ "$_" }) | Should -Be "Text 'pink hair' × 0.5", "Text 'a hat' × 0.5"
    }

    It 'is a weight, the same everywhere' {
        (Invoke-McdmSample 'pink hair' -Weight 1.5 -Steps 1).Recipe.Conditions[0].Weight | Should -Be 1.5
        (New-McdmCondition 'pink hair' -Weight 1.5 | Invoke-McdmSample -Steps 1).Recipe.Conditions[0].Weight | Should -Be 1.5
        (New-McdmCondition 'pink hair' -Weight 0.5 | Invoke-McdmSample -Weight 3 -Steps 1).Recipe.Conditions[0].Weight | Should -Be 1.5
        (Invoke-McdmSample -Text 'pink hair' -TextWeight 0.5 -Weight 3 -Steps 1).Recipe.Conditions[0].Weight | Should -Be 1.5
    }

    It 'is nothing, and there is nothing to do' {
        @() | Invoke-McdmSample -ErrorAction Stop | Should -BeNullOrEmpty
        @() | Join-McdmImage -ErrorAction Stop | Should -BeNullOrEmpty
        @() | Export-McdmGallery TestDrive:/none.html -ErrorAction Stop | Should -BeNullOrEmpty
        @() | Save-McdmImage TestDrive:/none -ErrorAction Stop | Should -BeNullOrEmpty
        @() | Measure-McdmImage -Summary -ErrorAction Stop | Should -BeNullOrEmpty
        @() | Export-McdmModel TestDrive:/none -ErrorAction Stop | Should -BeNullOrEmpty
        'TestDrive:/none.html', 'TestDrive:/none' | Should -Not -Exist
    }

    It 'is something that says nothing, and no picture without conditions: <_>' -ForEach @(
        { Get-Item TestDrive:/ }, { $image | Measure-McdmImage }, { $image.Picture }, { 1 }, { Get-Process -Id $PID }
    ) {
        { & $_ | Invoke-McdmSample -Steps 1 -ErrorAction Stop } | Should -Throw
    }

    It 'is mixed, and nothing of it is lost' {
        $made = [pscustomobject]@{ Text = 'a hat'; Seed = 1; Name = 'r' }, (New-McdmCondition 'pink hair') | Invoke-McdmSample -Steps 1
        $made.Conditions | Sort-Object | Should -Be "Text 'a hat' × schedule", "Text 'pink hair' × schedule"
        ($image, [pscustomobject]@{ Text = 'a hat'; Name = 'r' } | Invoke-McdmSample).Count | Should -Be 2
    }
}

Describe 'What no expert saw' {
    It 'is told at sampling and in the measurement' {
        $red = Invoke-McdmSample 'a person with a red hat' -Steps 1 -Seed 1 -NoMeasure -WarningVariable warnings 3>$null
        "$warnings" | Should -Be "Of 'a person with a red hat' the text expert never saw 'red hat' (but 'blue hat', 'green hat', 'purple hat'): what it makes of it is a guess."
        ($red | Measure-McdmImage).NotFollowed | Should -BeLike '*never seen: red hat'
    }

    It 'is nothing of what it saw' {
        $null = Invoke-McdmSample 'a person with short red hair in a blue hat, looking sideways' -Steps 1 -Seed 1 -NoMeasure -WarningVariable warnings 3>$null
        $warnings | Should -BeNullOrEmpty
    }
}

Describe 'The usual batch' {
    It 'is the same however little memory is free' {
        $costs = foreach ($limit in $null, '0x18000000') {
            $env:DOTNET_GCHeapHardLimit = $limit
            Invoke-Shell {
                param($manifest)
                Import-Module $manifest
                $null = Import-McdmModel Faces -Device cpu -Precision Float32
                Invoke-McdmSample 'pink hair' -Count 8 -WhatIf
            } $manifest | Where-Object { $_ -like '*a full batch takes about *' } | ForEach-Object { $_ -replace ' It is likely to take .*' }
        }
        $env:DOTNET_GCHeapHardLimit = $null
        $costs.Count | Should -Be 2
        $costs[1] | Should -Be $costs[0]
    }
}

Describe 'Jobs of this process' {
    It 'sample with all that the command was given' {
        $job = New-McdmCondition 'pink hair' | Invoke-McdmSample -Seed 3 -Steps 2 -AsJob -Verbose
        $job.PSJobTypeName | Should -Be 'ThreadJob'
        $null = $job | Wait-Job
        $job.Verbose.Count | Should -BeGreaterThan 0
        Get-Pixels ($job | Receive-Job -AutoRemoveJob -Wait) | Should -Be (Get-Pixels $image)
        Get-Pixels (Invoke-McdmSample 'pink hair' -Seed 3 -Steps 2 -AsJob | Receive-Job -Wait -AutoRemoveJob) | Should -Be (Get-Pixels $image)
        Get-Pixels ($image | Invoke-McdmSample -AsJob | Receive-Job -Wait -AutoRemoveJob) | Should -Be (Get-Pixels $image)
        Push-Location TestDrive:/
        try {
            $job = @{ Text = 'pink hair'; Seed = 3; Name = 'j' }, [pscustomobject]@{ Text = ''; Sketch = 'missing.png' } | Invoke-McdmSample -Steps 2 -SkipExisting ./jobs -AsJob
            $file = $job | Receive-Job -Wait -ErrorAction SilentlyContinue -ErrorVariable wrong | Save-McdmImage ./jobs
        }
        finally { Pop-Location }
        $file.Name | Should -Be 'j-3.png'
        "$wrong" | Should -Match 'missing.png'
        $job | Remove-Job
    }

    It 'train' {
        $data = New-Item -ItemType Directory TestDrive:/train -Force
        1..4 | ForEach-Object { Copy-Item "$inputs/face.png" "$data/$_.png" }
        $job = Import-McdmDataset $data | Start-McdmTraining -OutputPath TestDrive:/run -ImageSize 16 -Channels 8, 16 -Blocks 1, 1 -Steps 2 -BatchSize 2 -AsJob
        $result = $job | Receive-Job -Wait -AutoRemoveJob
        ($result.Step, $result.Completed) | Should -Be (2, $true)
        $result.OutputPath | Should -Exist
    }
}
