# Other people's models as users import and compose them: the tiny ones of tests/golden.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $manifest
    $golden = Join-Path $PSScriptRoot '../golden'
    $models = Join-Path $TestDrive 'models'
    $null = New-Item -ItemType Directory $models
    foreach ($name in 'sd1-tiny', 'sd1-tiny-canny', 'sd1-tiny-seg', 'uniteconquer-face', 'uniteconquer-sketch', 'unet2d-celebahq-kind') {
        Copy-Item -Recurse (Join-Path $golden "$name/model") (Join-Path $models $name)
    }
    # At the size of these models' pictures: of a condition that was resized a recipe keeps what was used.
    $sketch = ConvertTo-McdmSketch "$PSScriptRoot/../../examples/inputs/face.png" -Size 64 | Save-McdmImage "$TestDrive/sketch.png" | ForEach-Object FullName
    $mask = Join-Path $PSScriptRoot '../../examples/inputs/mask.png'
    $sd = Import-McdmModel "$models/sd1-tiny", "$models/sd1-tiny-canny", "$models/sd1-tiny-seg" -Join -Precision Float32 `
        -Lora "$golden/sd1-tiny-lora-style/model/style.safetensors"
}

AfterAll { Remove-McdmModel * -ErrorAction Ignore }

Describe 'Stable Diffusion as experts' {
    It 'has an expert for prompts, each ControlNet and each LoRA' {
        $sd.Experts.Name | Should -Be 'unconditional', 'text', 'sd1-tiny-canny', 'sd1-tiny-seg', 'style'
        (Get-McdmModel -Path "$models/*").Kind | Should -Contain 'StableDiffusion'
    }

    It 'makes the same pictures where encoders leave memory, and says so where they cannot come back' {
        $copy = Join-Path $TestDrive 'offloaded'
        Copy-Item "$golden/sd1-tiny/model" $copy -Recurse
        $plain, $model = $false, $true | ForEach-Object { Import-McdmModel $copy -Precision Float32 -Offload:$_ }
        $rows = 'a fox', 'a castle', 'a cat' | ForEach-Object { [pscustomobject]@{ Text = $_; Seed = 1; Steps = 2 } }
        $expected, $pictures = $plain, $model | ForEach-Object { , @($rows | Invoke-McdmSample -Model $_ -BatchSize 2 -NoMeasure) }
        foreach ($i in 0..2) { [Convert]::ToHexString($pictures[$i].Picture.GetRgba()) | Should -Be ([Convert]::ToHexString($expected[$i].Picture.GetRgba())) }
        Remove-Item "$copy/text_encoder/model.safetensors"
        { 'a dog' | Invoke-McdmSample -Model $model -Steps 2 -NoMeasure -ErrorAction Stop } | Should -Throw -ErrorId 'ModelChanged*'
        { Import-McdmModel Faces -Offload -ErrorAction Stop } | Should -Throw -ErrorId 'OffloadNotOfModel*'
    }

    It 'composes a prompt, an edge map with a sentence of its own, and a LoRA, and the recipe makes the picture again' {
        $conditions = @(
            New-McdmCondition 'a photo of a fox' -Weight 7.5
            New-McdmCondition -Path $sketch -Expert sd1-tiny-canny -Text 'a castle' -ControlScale 0.8
            New-McdmCondition 'a fox' -Expert style
        )
        $picture = $conditions | Invoke-McdmSample -Model $sd -Seed 3 -Steps 4 -NegativePrompt 'rain' -GuidanceRescale 0.5
        $file = $picture | Save-McdmImage "$TestDrive/out"
        $again = Invoke-McdmSample -Recipe $file -Model $sd
        ($again | Save-McdmImage "$TestDrive/again").FullName | ForEach-Object { (Get-FileHash $_).Hash } | Should -Be (Get-FileHash $file).Hash
        $picture.Recipe.NegativePrompt | Should -Be 'rain'
        $picture.Recipe.Conditions.Where({ $_.Expert -eq 'sd1-tiny-canny' }).Scale | Should -Be 0.8
    }

    It 'travels: a control picture with its sentence and scale comes back from Clixml as itself' {
        $condition = New-McdmCondition -Path $sketch -Expert sd1-tiny-canny -Text 'a castle' -ControlScale 0.5
        $condition | Export-Clixml "$TestDrive/condition.xml"
        $back = Import-Clixml "$TestDrive/condition.xml"
        $back.ContentHash | Should -Be $condition.ContentHash
        "$back" | Should -Be "$condition"
    }

    It 'takes the columns of a record' {
        $row = [pscustomobject]@{ Text = 'a fox'; TextWeight = '2.5'; NegativePrompt = 'rain'; GuidanceRescale = '0.3'; Steps = 2; Seed = 1; Sampler = 'Euler' }
        $picture = $row | Invoke-McdmSample -Model $sd
        $picture.Recipe.Combiner.Rescale | Should -Be 0.3
        $picture.Recipe.Sampling.Sampler | Should -Be 'Euler'
    }

    It 'takes a control picture from a row and from parameters as from a condition' {
        $control = New-McdmCondition -Path $sketch -Expert sd1-tiny-canny -Text 'a castle' -ControlScale 0.8 -Weight 2
        $expected = (New-McdmCondition 'a fox'), $control | Invoke-McdmSample -Model $sd -Seed 3 -Steps 2
        Set-Content "$TestDrive/controls.csv" 'Name,Text,Control,ControlExpert,ControlText,ControlScale,ControlWeight,Seed', 'r,a fox,sketch.png,sd1-tiny-canny,a castle,0.8,2,3'
        $row = Import-McdmJob "$TestDrive/controls.csv" | Invoke-McdmSample -Model $sd -Steps 2 -WarningVariable warnings
        $typed = Invoke-McdmSample 'a fox' -Control $sketch -ControlExpert sd1-tiny-canny -ControlText 'a castle' -ControlScale 0.8 -ControlWeight 2 -Model $sd -Seed 3 -Steps 2
        $warnings | Should -BeNullOrEmpty
        foreach ($made in $row, $typed) {
            $made.Recipe.Conditions.ContentHash | Should -Be $expected.Recipe.Conditions.ContentHash
            $made.Recipe.Conditions.Expert | Should -Be $expected.Recipe.Conditions.Expert
            $made.Recipe.Conditions.Weight | Should -Be $expected.Recipe.Conditions.Weight
        }
    }

    It 'changes a picture as a sentence says, with two weights, from conditions, rows and parameters' {
        $folder = Join-Path $models 'edit'
        $null = New-Item -ItemType Directory $folder
        Copy-Item "$golden/pix2pix/model/*" $folder -Recurse
        foreach ($part in 'vae', 'text_encoder', 'tokenizer', 'scheduler') { Copy-Item "$golden/sd1-tiny/model/$part" $folder -Recurse }
        $edit = Import-McdmModel $folder -Precision Float32
        $edit.Experts.Name | Should -Be 'unconditional', 'text', 'picture'
        $condition = New-McdmCondition -Path $sketch -Modality Picture -Text 'make it snow' -Weight 4 -PictureWeight 1.5
        $condition | Export-Clixml "$TestDrive/edit.xml"
        (Import-Clixml "$TestDrive/edit.xml").ContentHash | Should -Be $condition.ContentHash
        $expected = $condition | Invoke-McdmSample -Model $edit -Seed 3 -Steps 2 -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $row = [pscustomobject]@{ Control = $sketch; ControlText = 'make it snow'; ControlWeight = 4; ControlPictureWeight = 1.5; Seed = 3 }
        $made = $row | Invoke-McdmSample -Model $edit -Steps 2
        $made.Recipe.Conditions.ContentHash | Should -Be $expected.Recipe.Conditions.ContentHash
        ($made | Save-McdmImage "$TestDrive/edit-row").FullName | ForEach-Object { (Get-FileHash $_).Hash } |
            Should -Be (Get-FileHash ($expected | Save-McdmImage "$TestDrive/edit")).Hash
        $again = Invoke-McdmSample -Recipe ($expected | Save-McdmImage "$TestDrive/edit-again") -Model $edit
        $again.Recipe.Conditions.PictureWeight | Should -Be 1.5
        $null = Invoke-McdmSample 'a fox' -Model $edit -Seed 3 -Steps 2 -WarningVariable alone -WarningAction SilentlyContinue
        "$alone" | Should -BeLike '*shown none*'
        { New-McdmCondition -Path $sketch -Modality Sketch -PictureWeight 2 -ErrorAction Stop } | Should -Throw -ErrorId 'ControlPictureOnly,*'
        { New-McdmCondition 'a fox' -Guidance 4 | Invoke-McdmSample -Model $edit -Seed 3 } | Should -Throw -ErrorId 'ConditionUnread,*'
    }

    It 'takes letters, levels by number and weights in 8 bits' {
        $row = [pscustomobject]@{ LiteralText = 'a (fox:1.3)'; Timesteps = '999, 500, 20'; Seed = 1 }
        $picture = $row | Invoke-McdmSample -Model $sd
        $picture.Recipe.Sampling.Steps | Should -Be 3
        $picture.Recipe.Conditions[0].Literal | Should -BeTrue
        { Invoke-McdmSample 'a fox' -Timesteps 999, 500 -Steps 2 -Model $sd } | Should -Throw '*Timesteps*'
        $small = Import-McdmModel "$models/sd1-tiny" -Storage Int8 -Precision Float32
        $small.Hash | Should -Not -Be (Import-McdmModel "$models/sd1-tiny" -Precision Float32).Hash
        Invoke-McdmSample 'a fox' -Model $small -Seed 1 -Steps 2 | Should -HaveCount 1
        $null = Import-McdmModel Fashion -Storage Int8 -ErrorVariable refused -ErrorAction SilentlyContinue
        $refused.FullyQualifiedErrorId | Should -BeLike 'StorageNotOfModel,*'
        (Get-McdmModel -Path "$golden/inversion-sd1/model/cat-toy.pt").Adapter.Tokens.Keys | Should -Be 'cat-toy'
    }

    It 'asks which of several experts is to read a row''s control picture' {
        $row = [pscustomobject]@{ Text = 'a fox'; Control = $sketch; Seed = 3 }
        $null = $row | Invoke-McdmSample -Model $sd -Steps 2 -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -BeLike 'ExpertAmbiguous,*'
        "$failed" | Should -BeLike '*ControlExpert*'
    }

    It 'refuses by name: <Id>' -ForEach @(
        @{ Id = 'ControlNetNeedsBase'; Do = { Import-McdmModel "$models/sd1-tiny-canny" -ErrorAction Stop } }
        @{ Id = 'SpaceMismatch'; Do = { Import-McdmModel "$models/sd1-tiny", "$models/unet2d-celebahq-kind" -Join -ErrorAction Stop } }
        @{ Id = 'CombinerResidual'; Do = { New-McdmCondition -Path $sketch -Expert sd1-tiny-canny -Weight 2 | Invoke-McdmSample -Model $sd -Combiner Residual -Steps 2 -ErrorAction Stop } }
        @{ Id = 'ScaleOutOfRange'; Do = { New-McdmCondition -Path $sketch -Expert sd1-tiny-canny -ControlScale -1 -ErrorAction Stop } }
        @{ Id = 'SizeIndivisible'; Do = { New-McdmCondition 'a fox' | Invoke-McdmSample -Model $sd -Width 60 -Height 64 -Steps 2 -ErrorAction Stop } }
        @{ Id = 'PictureMissing'; Do = { Invoke-McdmSample -Model $sd -Strength 0.5 -ErrorAction Stop } }
        @{ Id = 'ModelImported'; Do = { $sd | Export-McdmModel "$TestDrive/pack" -ErrorAction Stop } }
    ) {
        { & $Do } | Should -Throw -ErrorId "$Id*"
    }

    It 'composes image prompts with regions, a T2I-Adapter, a ControlNet and a LoRA, and the recipe makes the picture again' {
        Copy-Item -Recurse "$golden/t2i-canny/model" "$models/t2i-canny"
        $adapter = "$golden/ip-adapter/model/models/ip-adapter_sd15.bin"
        $paths = "$models/sd1-tiny", $adapter, "$golden/ip-adapter/model/models/image_encoder", "$models/t2i-canny", "$models/sd1-tiny-canny"
        $whole = Import-McdmModel $paths -Join -Precision Float32 -Lora "$golden/sd1-tiny-lora-style/model/style.safetensors"
        $whole.Experts.Name | Should -Be 'unconditional', 'text', 'ip-adapter_sd15', 't2i-canny', 'sd1-tiny-canny', 'style'
        (Get-McdmModel -Path $adapter).Kind | Should -Be 'IPAdapter'
        $photo = Join-Path $PSScriptRoot '../../examples/inputs/face.png'
        $conditions = @(
            New-McdmCondition 'a fox' -Expert style -Weight 3
            New-McdmCondition -Path $photo -Expert ip-adapter_sd15 -ControlScale 0.8 -Region $sketch
            New-McdmCondition -Path $photo -Expert ip-adapter_sd15 -Text 'a castle'
            New-McdmCondition -Path $sketch -Expert t2i-canny
            New-McdmCondition -Path $sketch -Expert sd1-tiny-canny
        )
        $picture = $conditions | Invoke-McdmSample -Model $whole -Seed 3 -Steps 2 -NegativePrompt 'rain' -NoMeasure -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $file = $picture | Save-McdmImage "$TestDrive/images"
        $again = Invoke-McdmSample -Recipe $file -Model $whole -NoMeasure
        Compare-Object $picture.Picture.GetRgba() $again.Picture.GetRgba() -SyncWindow 0 | Should -BeNullOrEmpty
        $row = [pscustomobject]@{ Text = 'a fox'; Control = $photo; ControlExpert = 'ip-adapter_sd15'; ControlScale = 0.5; ControlRegion = $sketch; Seed = 3 }
        ($row | Invoke-McdmSample -Model $whole -Steps 2).Recipe.Conditions.Where({ $_.Expert }).Scale | Should -Be 0.5
        $whole | Remove-McdmModel
        $published = Import-McdmModel $paths -Join -Precision Float32 -AsPublished
        ($conditions[3], (New-McdmCondition 'a fox' -Weight 3) | Invoke-McdmSample -Model $published -Steps 2 -Seed 1).Recipe.Combiner.Name | Should -Be 'Residual'
        $published | Remove-McdmModel
    }

    It 'reads prompts in the language of other programs, and says how' {
        $said = New-McdmCondition 'a (red hat:1.3) BREAK snow' | Invoke-McdmSample -Model $sd -Steps 2 -Seed 1 -Verbose 4>&1 | Out-String
        $said | Should -BeLike "*is read as 'a' 'red hat' × 1.3 BREAK 'snow': * tokens in 2 chunks of 75.*"
    }

    It 'warns of <Prompt>' -ForEach @(
        @{ Prompt = 'format 16:9'; Warning = '*weighs all of it, by 9*' }
        @{ Prompt = 'a fox++'; Warning = "*'fox++' is read as it stands*" }
        @{ Prompt = 'a (fox)1.2'; Warning = "*')1.2' is read as it stands*" }
        @{ Prompt = 'a {red|blue} fox'; Warning = '*nothing of it is chosen*' }
        @{ Prompt = 'a <cat-toy>'; Warning = '*no token that this model has learnt*' }
    ) {
        $null = Invoke-McdmSample $Prompt -Model $sd -Steps 2 -Seed 1 -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike $Warning
        $null = Invoke-McdmSample 'a fox' -TextWeight 2 -NegativePrompt $Prompt -Model $sd -Steps 2 -Seed 1 -WarningVariable warned -WarningAction SilentlyContinue
        if ($Prompt -ne 'format 16:9') { "$warned" | Should -BeLike $Warning }
        $null = New-McdmCondition -LiteralText $Prompt | Invoke-McdmSample -Model $sd -Steps 2 -Seed 1 -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeNullOrEmpty
    }

    It 'refuses in a prompt what no rule covers: <Id>' -ForEach @(
        @{ Id = 'PromptNetwork'; Prompt = 'a <lora:style:0.8> fox' }
        @{ Id = 'PromptSchedule'; Prompt = 'a fox, [cat:dog:0.5]' }
        @{ Id = 'PromptEmbedding'; Prompt = 'embedding:badhands fox' }
        @{ Id = 'PromptWeight'; Prompt = 'a (fox:1.2.3)' }
        @{ Id = 'PromptTooLong'; Prompt = 'fox ' * 10000 }
    ) {
        { Invoke-McdmSample $Prompt -Model $sd -Steps 2 -ErrorAction Stop } | Should -Throw -ErrorId "$Id*"
        { Invoke-McdmSample 'a fox' -TextWeight 2 -NegativePrompt $Prompt -Model $sd -Steps 2 -ErrorAction Stop } | Should -Throw -ErrorId "$Id*"
    }

    It 'makes terms of AND, and takes the language out of -LiteralText' {
        $two = Invoke-McdmSample 'a fox AND a cat :0.5' -TextWeight 2 -Model $sd -Steps 3 -Seed 1 -NoMeasure
        $same = (New-McdmCondition 'a fox' -Weight 2), (New-McdmCondition 'a cat' -Weight 1) | Invoke-McdmSample -Model $sd -Steps 3 -Seed 1 -NoMeasure
        Compare-Object $two.Picture.GetRgba() $same.Picture.GetRgba() -SyncWindow 0 | Should -BeNullOrEmpty
        $two.Recipe.Conditions[0].Text | Should -Be 'a fox AND a cat :0.5'
        $again = $two.Recipe | Invoke-McdmSample -Model $sd -NoMeasure
        Compare-Object $two.Picture.GetRgba() $again.Picture.GetRgba() -SyncWindow 0 | Should -BeNullOrEmpty
        $letters = New-McdmCondition -LiteralText 'a (fox:1.5)' | Invoke-McdmSample -Model $sd -Steps 3 -Seed 1 -NoMeasure
        $letters.Recipe.Conditions[0].Literal | Should -BeTrue
        $letters.Recipe.Conditions[0].Text | Should -Be 'a (fox:1.5)'
    }
}

Describe 'Unite and Conquer as experts' {
    It 'joins its two networks, and each map is an expert' {
        $model = Import-McdmModel "$models/uniteconquer-face", "$models/uniteconquer-sketch" -Join
        $model.Experts.Name | Should -Be 'unconditional', 'face', 'hair', 'sketch'
        $picture = (New-McdmCondition -Path $mask -Expert hair), (New-McdmCondition -Sketch $sketch) | Invoke-McdmSample -Model $model -Steps 3 -Seed 1
        $picture.Recipe.Conditions.Count | Should -Be 2
    }
}

Describe 'From a picture' {
    It 'keeps what the mask leaves, pixel by pixel, with the embedded model' {
        $faces = Import-McdmModel Faces
        $first = New-McdmCondition 'this person has black hair' | Invoke-McdmSample -Model $faces -Seed 5 -Steps 4
        $file = $first | Save-McdmImage "$TestDrive/first"
        $kept = Invoke-McdmSample -Model $faces -Picture $file -Strength 0.5 -Seed 6 -Steps 4
        $kept.Recipe.From.Strength | Should -Be 0.5
        $black = ConvertTo-McdmSketch -LiteralPath $file -HighThreshold 9999 -LowThreshold 9998 -WhiteOnBlack -WarningAction SilentlyContinue | Save-McdmImage "$TestDrive/black"
        $same = Invoke-McdmSample -Model $faces -Picture $file -Mask $black -Seed 7 -Steps 4
        Compare-Object $same.Picture.GetRgba() $first.Picture.GetRgba() -SyncWindow 0 | Should -BeNullOrEmpty
        { Invoke-McdmSample -Model $faces -NegativePrompt 'rain' -ErrorAction Stop } | Should -Throw -ErrorId 'ExpertIsUnconditional*'
    }
}
