# What people compose of other people's models: Stable Diffusion XL with several controls in one picture, and a model of another space beside it. Tiny models.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $manifest
    $golden = Join-Path $PSScriptRoot '../golden'
    $inputs = Join-Path $PSScriptRoot '../../examples/inputs'
    $models = Join-Path $TestDrive 'models'
    $null = New-Item -ItemType Directory $models
    foreach ($name in 'sdxl-tiny', 'sdxl-tiny-control-mid', 'sdxl-tiny-control-small', 'sdxl-tiny-control-union', 'sd1-tiny', 'sd1-tiny-canny', 't2i-canny', 'uniteconquer-sketch') {
        Copy-Item -Recurse (Join-Path $golden "$name/model") (Join-Path $models $name)
    }
    # At the size of these models' pictures: of a condition that was resized a recipe keeps what was used.
    $sketch = ConvertTo-McdmSketch "$inputs/face.png" -Size 64 | Save-McdmImage "$TestDrive/sketch.png" | ForEach-Object FullName
    $photo = (Resolve-Path "$inputs/face.png").Path
    $xl, $sd1 = "$models/sdxl-tiny", "$models/sd1-tiny"
    $adapter, $adapter15 = "$models/ip-adapter_sdxl_vit-h.safetensors", "$golden/ip-adapter/model/models/ip-adapter_sd15.safetensors"
    $encoder = "$golden/ip-adapter/model/models/image_encoder"
    $style, $style15 = "$golden/sdxl-tiny-lora-ldm-names/model/style.safetensors", "$golden/sd1-tiny-lora-style/model/style.safetensors"

    # Writes tensors of random numbers, of which only the shapes are given.
    function Write-Tensor([string]$Path, [System.Collections.IDictionary]$Shapes, [hashtable]$Metadata = @{}) {
        $header, $end = [ordered]@{ __metadata__ = $Metadata }, 0
        foreach ($name in $Shapes.Keys) {
            $bytes = 4
            foreach ($side in $Shapes[$name]) { $bytes *= $side }
            $header[$name] = @{ dtype = 'F32'; shape = @($Shapes[$name]); data_offsets = $end, ($end + $bytes) }
            $end += $bytes
        }
        $json = [Text.Encoding]::UTF8.GetBytes(($header | ConvertTo-Json -Depth 4 -Compress))
        $random, $data = [Random]::new(3), [byte[]]::new($end)
        [Buffer]::BlockCopy([float[]]@(1..($end / 4)).ForEach({ 0.6 * $random.NextDouble() - 0.3 }), 0, $data, 0, $end)
        [IO.File]::WriteAllBytes($Path, [BitConverter]::GetBytes([long]$json.Length) + $json + $data)
    }

    # An IP-Adapter for a U-Net, by vectors of some width.
    function Write-ImageAdapter([string]$Path, [string]$UNet, [int]$Width) {
        $bytes = [IO.File]::ReadAllBytes($UNet)
        $header = [Text.Encoding]::UTF8.GetString($bytes, 8, [BitConverter]::ToInt64($bytes, 0)) | ConvertFrom-Json -AsHashtable
        # As adapters number them.
        $keys = foreach ($way in 'down_blocks', 'up_blocks', 'mid_block') { $header.Keys.Where({ $_ -like "$way.*.attn2.to_k.weight" }) | Sort-Object }
        $context = $header[$keys[0]].shape[1]
        $shapes = [ordered]@{ 'image_proj.proj.weight' = (4 * $context), $Width; 'image_proj.proj.bias' = 4 * $context; 'image_proj.norm.weight' = $context; 'image_proj.norm.bias' = $context }
        for ($i = 0; $i -lt $keys.Count; $i++) {
            foreach ($of in 'k', 'v') { $shapes["ip_adapter.$(2 * $i + 1).to_${of}_ip.weight"] = $header[$keys[$i]].shape[0], $context }
        }
        Write-Tensor $Path $shapes
    }

    # A copy of a model with a part of another.
    function Copy-WithPart([string]$Model, [string]$Part, [string]$Of) {
        $folder = Join-Path $models "$(Split-Path $Model -Leaf)-with-$Part-$([Guid]::NewGuid().ToString('N').Substring(0, 8))"
        $null = New-Item -ItemType Directory $folder
        Copy-Item "$Model/*" $folder -Recurse
        Remove-Item "$folder/$Part" -Recurse -Force
        if ($Of) { Copy-Item "$Of/$Part" $folder -Recurse }
        $folder
    }

    function Get-Rgba($Image) { [Convert]::ToHexString($Image.Picture.GetRgba()) }

    Write-ImageAdapter $adapter "$golden/sdxl-tiny/model/unet/diffusion_pytorch_model.safetensors" 20
    $paths = $xl, "$models/sdxl-tiny-control-mid", "$models/sdxl-tiny-control-small", $adapter, $encoder
    $all = Import-McdmModel $paths -Join -Precision Float32 -Lora $style
    $bridged = Import-McdmModel $xl, $sd1, "$models/sd1-tiny-canny" -Bridge -Precision Float32
    $union = Import-McdmModel $xl, "$models/sdxl-tiny-control-union" -Join -Precision Float32
}

AfterAll { Remove-McdmModel * -ErrorAction Ignore }

Describe 'Two ControlNets, an image prompt with a region, a LoRA and a negative prompt in one picture' {
    BeforeAll {
        $conditions = @(
            New-McdmCondition 'a fox' -Weight 5
            New-McdmCondition 'a fox' -Expert style -Weight 2
            New-McdmCondition -Path $sketch -Expert sdxl-tiny-control-mid -ControlScale 0.8
            New-McdmCondition -Path $sketch -Expert sdxl-tiny-control-small -Text 'a castle'
            New-McdmCondition -Path $photo -Expert ip-adapter_sdxl_vit-h -Region $sketch
        )
        $picture = $conditions | Invoke-McdmSample -Model $all -Seed 3 -Steps 2 -NegativePrompt 'rain' -NoMeasure -WarningVariable warnings
        $csv = "$TestDrive/rows.csv"
        Set-Content $csv @(
            'Name,Text,TextWeight,Text2,TextExpert2,TextWeight2,NegativePrompt,Control,ControlExpert,ControlScale,Control2,ControlExpert2,ControlText2,Control3,ControlExpert3,ControlRegion3,Seed'
            "r,a fox,5,a fox,style,2,rain,sketch.png,sdxl-tiny-control-mid,0.8,sketch.png,sdxl-tiny-control-small,a castle,$photo,ip-adapter_sdxl_vit-h,sketch.png,3"
        )
    }

    It 'has an expert of each' {
        $all.Experts.Name | Should -Be 'unconditional', 'text', 'sdxl-tiny-control-mid', 'sdxl-tiny-control-small', 'ip-adapter_sdxl_vit-h', 'style'
        $warnings | Should -BeNullOrEmpty
        $picture.Recipe.Conditions | Should -HaveCount 5
        foreach ($i in 0..4) {
            $others = $conditions | Where-Object { $_ -ne $conditions[$i] } | Invoke-McdmSample -Model $all -Seed 3 -Steps 2 -NegativePrompt 'rain' -NoMeasure
            Get-Rgba $others | Should -Not -Be (Get-Rgba $picture) -Because "$($conditions[$i]) counts"
        }
    }

    It 'is made again by its recipe, from the file and from a list of files, bit for bit' {
        $file = $picture | Save-McdmImage "$TestDrive/out"
        Get-Rgba (Invoke-McdmSample -Recipe $file -Model $all -NoMeasure) | Should -Be (Get-Rgba $picture)
        $file | Export-Csv "$TestDrive/list.csv"
        $again = Import-Csv "$TestDrive/list.csv" | Select-Object Recipe | Invoke-McdmSample -Model $all -NoMeasure
        Get-Rgba $again | Should -Be (Get-Rgba $picture)
    }

    It 'is made again by a row of its recipe, which is kept as CSV and can be changed' {
        $file = $picture | Save-McdmImage "$TestDrive/rows"
        Import-McdmJob $file.Path | Export-Csv "$TestDrive/recipe.csv"
        $row = Import-Csv "$TestDrive/recipe.csv"
        $row.Text, $row.Text2, $row.TextWeight2, $row.ControlText3, $row.ControlExpert3 | Should -Be 'a fox', 'a fox', '2', 'a castle', 'sdxl-tiny-control-small'
        $again = $row | Invoke-McdmSample -Model $all -NoMeasure -WarningVariable warned
        $warned | Should -BeNullOrEmpty
        Get-Rgba $again | Should -Be (Get-Rgba $picture)
        $again.FileName | Should -Be $picture.FileName
        $row.Text2 = 'a castle'
        Get-Rgba ($row | Invoke-McdmSample -Model $all -NoMeasure) | Should -Not -Be (Get-Rgba $picture)
        { Import-McdmJob $photo -ErrorAction Stop } | Should -Throw -ErrorId 'RecipeMissing*'
    }

    It 'is the same from a row, a hashtable of lists and parameters' {
        Get-Rgba (Import-McdmJob $csv | Invoke-McdmSample -Model $all -Steps 2 -NoMeasure -WarningVariable warned) | Should -Be (Get-Rgba $picture)
        $warned | Should -BeNullOrEmpty
        $said = @{
            Text = 'a fox', 'a fox'; TextWeight = 5, 2; TextExpert = $null, 'style'; NegativePrompt = 'rain'; Seed = 3; Steps = 2
            Control = $sketch, $sketch, $photo; ControlExpert = 'sdxl-tiny-control-mid', 'sdxl-tiny-control-small', 'ip-adapter_sdxl_vit-h'
            ControlScale = 0.8, 1, 1; ControlText = '', 'a castle', ''; ControlRegion = '', '', $sketch
        }
        Get-Rgba ($said | Invoke-McdmSample -Model $all -NoMeasure) | Should -Be (Get-Rgba $picture)
        Get-Rgba (Invoke-McdmSample @said -Model $all -NoMeasure) | Should -Be (Get-Rgba $picture)
    }

    It 'is the same in a job of its own process' {
        $job = Start-Job {
            param($manifest, $paths, $style, $csv)
            Import-Module $manifest
            $model = Import-McdmModel $paths -Join -Precision Float32 -Lora $style
            Import-McdmJob $csv | Invoke-McdmSample -Model $model -Steps 2 -NoMeasure
        } -ArgumentList $manifest, $paths, $style, $csv
        $made = $job | Receive-Job -Wait -AutoRemoveJob
        $made.Recipe.Conditions | Should -HaveCount 5
        ($made | Save-McdmImage "$TestDrive/job").FullName | ForEach-Object { (Get-FileHash $_).Hash } |
            Should -Be (Import-McdmJob $csv | Invoke-McdmSample -Model $all -Steps 2 -NoMeasure | Save-McdmImage "$TestDrive/here" | Get-FileHash).Hash
    }

    It 'is refused where a list is as long as neither one nor all' {
        { Invoke-McdmSample -Text 'a fox', 'a cat', 'a dog' -TextWeight 1, 2 -Model $all -ErrorAction Stop } | Should -Throw -ErrorId 'ValuesUneven,*'
        { 'a fox' | Invoke-McdmSample -TextWeight 1, 2 -Model $all -ErrorAction Stop } | Should -Throw -ErrorId 'ConditionMissing,*'
    }
}

Describe 'A prompt and a ControlNet of Stable Diffusion 1 over a bridge' {
    BeforeAll {
        $guests = @(
            New-McdmCondition 'rain' -Expert sd1-tiny.text -Weight 2
            New-McdmCondition -Path $sketch -Expert sd1-tiny.sd1-tiny-canny
        )
        $own = New-McdmCondition 'a fox' -Expert text -Weight 3
        $picture = $own, $guests | ForEach-Object { $_ } | Invoke-McdmSample -Model $bridged -Seed 3 -Steps 3 -NoMeasure
    }

    It 'are experts beside those of the model that draws, and count' {
        $bridged.Experts.Name | Should -Be 'unconditional', 'text', 'sd1-tiny.text', 'sd1-tiny.sd1-tiny-canny'
        Get-Rgba ($own | Invoke-McdmSample -Model $bridged -Seed 3 -Steps 3 -NoMeasure) | Should -Not -Be (Get-Rgba $picture)
        Get-Rgba ($own, $guests[0] | Invoke-McdmSample -Model $bridged -Seed 3 -Steps 3 -NoMeasure) | Should -Not -Be (Get-Rgba $picture)
    }

    It 'are in the recipe, which makes the picture again bit for bit' {
        $again = Invoke-McdmSample -Recipe ($picture | Save-McdmImage "$TestDrive/bridge") -Model $bridged -NoMeasure
        Get-Rgba $again | Should -Be (Get-Rgba $picture)
        $picture.Recipe.Bridge | Should -Not -BeNullOrEmpty
    }

    It 'are made in other sizes: <Width>×<Height>' -ForEach @{ Width = 72; Height = 64 }, @{ Width = 64; Height = 256 } {
        $made = $guests[0] | Invoke-McdmSample -Model $bridged -Seed 3 -Steps 1 -Width $Width -Height $Height -NoMeasure
        $made.Picture.Width, $made.Picture.Height | Should -Be $Width, $Height
    }

    It 'are told the cost first, and refused sizes that no latents have: <Says>' -ForEach @(
        @{ Width = 60; Height = 64; Id = 'SizeIndivisible'; Says = '*60×64 pixels cannot be made of latents of 8×8; give multiples of 8*' }
        @{ Width = 4097; Height = 64; Id = 'ParameterArgumentValidationError'; Says = '*4097 is out of range*to 4096*' }
    ) {
        { $guests[0] | Invoke-McdmSample -Model $bridged -Steps 1 -Width $Width -Height $Height -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId "$Id*" -ExpectedMessage $Says
    }

    It 'are told what they cost whose model sees 4,096 × 4,096 pixels' {
        $big = Copy-WithPart $sd1 unet $sd1
        $config = Get-Content "$big/unet/config.json" -Raw | ConvertFrom-Json -AsHashtable
        $config.sample_size = 512
        Set-Content "$big/unet/config.json" ($config | ConvertTo-Json -Depth 9) -Force
        $said = & $shell @shellArguments -Command @"
            Import-Module '$manifest'
            `$model = Import-McdmModel '$xl', '$big' -Bridge -Precision Float32
            New-McdmCondition 'rain' -Expert '$(Split-Path $big -Leaf).text' | Invoke-McdmSample -Model `$model -Steps 1 -WhatIf
"@
        "$said" | Should -BeLike '*at most 5 network evaluations and 6 encodings and decodings in 1 steps; a full batch takes about 1*0 MB*'
    }

    It 'take an embedding and a LoRA that are for their model' {
        $layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k'
        Write-Tensor "$models/guest.safetensors" ([ordered]@{ "$layer.lora_down.weight" = 2, 16; "$layer.lora_up.weight" = 8, 2 }) @{ ss_base_model_version = 'sd_v1-5' }
        $model = Import-McdmModel $xl, $sd1 -Bridge -Precision Float32 -Embedding "$golden/inversion-sd1/model/cat-toy.pt" -Lora "$models/guest.safetensors"
        $model.Experts.Name | Should -Be 'unconditional', 'text', 'sd1-tiny.text', 'sd1-tiny.guest'
        $null = New-McdmCondition 'a cat-toy' -Expert sd1-tiny.guest | Invoke-McdmSample -Model $model -Seed 3 -Steps 1 -NoMeasure -WarningVariable warned
        $warned | Should -BeNullOrEmpty
        $model | Remove-McdmModel
    }
}

Describe 'LoRAs' {
    It 'are one expert together where + stands between them, beside others' {
        $subject = Copy-Item "$golden/sd1-tiny-lora-subject/model/pytorch_lora_weights.safetensors" "$models/subject.safetensors" -PassThru | ForEach-Object FullName
        $model = Import-McdmModel $sd1 -Lora "$style15+$subject", $style15 -LoraWeight 0.5, 1, 1 -Precision Float32
        $model.Experts.Name | Should -Be 'unconditional', 'text', 'style-subject', 'style'
        $merged = Import-McdmModel $sd1 -Lora $style15, $subject -LoraWeight 0.5, 1 -MergeLora -Precision Float32
        $merged.Experts.Name | Should -Be 'unconditional', 'text', 'style-subject'
        $pictures = foreach ($one in $model, $merged) { New-McdmCondition 'a fox' -Expert style-subject | Invoke-McdmSample -Model $one -Seed 1 -Steps 2 -NoMeasure }
        Get-Rgba $pictures[0] | Should -Be (Get-Rgba $pictures[1])
        $model, $merged | Remove-McdmModel
    }
}

Describe 'What does not fit' {
    BeforeAll {
        # Of the widths of real models.
        Write-Tensor "$models/lora15.safetensors" ([ordered]@{
            'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight' = 4, 768
            'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_up.weight' = 8, 4
        })
        Write-Tensor "$models/word15.safetensors" @{ emb_params = 2, 768 }
        foreach ($width in @{ Name = 'ip15'; Vector = 20 }, @{ Name = 'ip-bigg'; Vector = 1280 }) {
            Write-Tensor "$models/$($width.Name).safetensors" ([ordered]@{
                'image_proj.proj.weight' = 3072, $width.Vector; 'image_proj.proj.bias' = 3072; 'image_proj.norm.weight' = 768; 'image_proj.norm.bias' = 768
                'ip_adapter.1.to_k_ip.weight' = 8, 768; 'ip_adapter.1.to_v_ip.weight' = 8, 768
            })
        }
    }

    It 'is refused on import: <Name>' -ForEach @(
        @{ Name = 'a U-Net of SD 1 in SDXL'; Id = 'UNetContext'; Says = '*one of Stable Diffusion 1.x and reads tokens of 16 numbers, but its text encoders give 16 and 20*'
            Do = { Import-McdmModel (Copy-WithPart $xl unet $sd1) -ErrorAction Stop } }
        @{ Name = 'a U-Net of SDXL in SD 1'; Id = 'UNetContext'; Says = '*one of Stable Diffusion XL and reads tokens of 36 numbers, but its text encoder gives 16*'
            Do = { Import-McdmModel (Copy-WithPart $sd1 unet $xl) -ErrorAction Stop } }
        @{ Name = 'SDXL without its second text encoder'; Id = 'ModelPartNotFound'; Says = "*lacks its folder 'text_encoder_2'*"
            Do = { Import-McdmModel (Copy-WithPart $xl text_encoder_2) -ErrorAction Stop } }
        @{ Name = 'a ControlNet of SD 1'; Id = 'ControlNetMismatch'; Says = '*one of Stable Diffusion 1.x and the U-Net of Stable Diffusion XL*'
            Do = { Import-McdmModel $xl, "$models/sd1-tiny-canny" -Join -ErrorAction Stop } }
        @{ Name = 'a ControlNet-Union of SDXL'; Id = 'ControlNetMismatch'; Says = '*one of Stable Diffusion XL and the U-Net of Stable Diffusion 1.x*'
            Do = { Import-McdmModel $sd1, "$models/sdxl-tiny-control-union" -Join -ErrorAction Stop } }
        @{ Name = 'a T2I-Adapter of SD 1'; Id = 'T2IAdapterMismatch'; Says = '*for Stable Diffusion 1.x and the U-Net of Stable Diffusion XL*'
            Do = { Import-McdmModel $xl, "$models/t2i-canny" -Join -ErrorAction Stop } }
        @{ Name = 'an IP-Adapter of SD 1'; Id = 'IPAdapterMismatch'; Says = '*tokens of 768 numbers (Stable Diffusion 1.x) and the U-Net reads tokens of 36 numbers (Stable Diffusion XL)*'
            Do = { Import-McdmModel $xl, "$models/ip15.safetensors", $encoder -Join -ErrorAction Stop } }
        @{ Name = 'an IP-Adapter of SDXL'; Id = 'IPAdapterMismatch'; Says = '*tokens of 36 numbers and the U-Net reads tokens of 16 numbers (Stable Diffusion 1.x)*'
            Do = { Import-McdmModel $sd1, $adapter, $encoder -Join -ErrorAction Stop } }
        @{ Name = 'another picture encoder'; Id = 'ImageEncoderMismatch'; Says = "*reads vectors of 1280 numbers, as CLIP's ViT-bigG (sdxl_models/image_encoder of*gives 20;*"
            Do = { Import-McdmModel $xl, "$models/ip-bigg.safetensors", $encoder -Join -ErrorAction Stop } }
        @{ Name = 'a LoRA of SD 1'; Id = 'LoraLayer'; Says = "*is a LoRA for Stable Diffusion 1.x, and '*sdxl-tiny' is Stable Diffusion XL*"
            Do = { Import-McdmModel $xl -Lora "$models/lora15.safetensors" -ErrorAction Stop } }
        @{ Name = 'a LoRA of SDXL'; Id = 'LoraLayer'; Says = "*is a LoRA for Stable Diffusion XL, and '*sd1-tiny' is Stable Diffusion 1.x*"
            Do = { Import-McdmModel $sd1 -Lora $style -ErrorAction Stop } }
        @{ Name = 'an embedding of SD 1'; Id = 'EmbeddingWidth'; Says = "*768 numbers, as those of Stable Diffusion 1.x, but '*sdxl-tiny' is Stable Diffusion XL*"
            Do = { Import-McdmModel $xl -Embedding "$models/word15.safetensors" -ErrorAction Stop } }
        @{ Name = 'an embedding of SDXL'; Id = 'EmbeddingWidth'; Says = "*as those of Stable Diffusion XL, but '*sd1-tiny' is Stable Diffusion 1.x*"
            Do = { Import-McdmModel $sd1 -Embedding "$golden/sdxl-tiny-inversion/model/foxstyle.safetensors" -ErrorAction Stop } }
        @{ Name = 'one model over a bridge'; Id = 'BridgeOneSpace'; Says = "*there is 'sdxl-tiny' alone; name a second one*"
            Do = { Import-McdmModel $xl -Bridge -ErrorAction Stop } }
        @{ Name = 'a model with its ControlNet over a bridge'; Id = 'BridgeOneSpace'; Says = "*there is 'sdxl-tiny' alone*"
            Do = { Import-McdmModel $xl, "$models/sdxl-tiny-control-mid" -Bridge -ErrorAction Stop } }
        @{ Name = 'a tiny decoder over a bridge'; Id = 'ModelKindUnknown'; Says = '*half of a tiny autoencoder (TAESD), which makes no pictures*-Decoder*'
            Do = { Import-McdmModel $xl, "$golden/taesd-tiny/model/taesd_decoder.pth" -Bridge -ErrorAction Stop } }
        @{ Name = 'a model without an autoencoder over a bridge'; Id = 'ModelPartNotFound'; Says = "*lacks its folder 'vae'*"
            Do = { Import-McdmModel $xl, (Copy-WithPart $sd1 vae) -Bridge -ErrorAction Stop } }
        @{ Name = 'a model without an unconditional prediction over a bridge'; Id = 'BridgeUnconditional'; Says = '*has no unconditional expert (sketch); take a model that has one*'
            Do = { Import-McdmModel $xl, "$models/uniteconquer-sketch" -Bridge -ErrorAction Stop } }
        @{ Name = 'the same'; Id = 'BridgeUnconditional'; Says = '*has no unconditional expert (sketch)*'
            Do = { Import-McdmModel "$models/uniteconquer-sketch", $xl -Bridge -ErrorAction Stop } }
        @{ Name = 'two models of other spaces without a bridge'; Id = 'SpaceMismatch'; Says = '*-Bridge*'
            Do = { Import-McdmModel $xl, $sd1 -Join -ErrorAction Stop } }
        @{ Name = 'one model twice'; Id = 'ModelTwice'; Says = "*sdxl-tiny' is named twice*"
            Do = { Import-McdmModel $xl, "$xl/" -Join -ErrorAction Stop } }
    ) {
        { & $Do } | Should -Throw -ErrorId "$Id*" -ExpectedMessage $Says
    }

    It 'is doubted: an autoencoder of another version' {
        $null = Import-McdmModel (Copy-WithPart $sd1 vae $xl) -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike '*scales latents by 0.13025, as that of Stable Diffusion XL does, and the U-Net is one of Stable Diffusion 1.x*'
    }

    It 'is refused of a picture: <Name>' -ForEach @(
        @{ Name = 'a type that a ControlNet-Union has not'; Id = 'ExpertMissing'; Says = '*union.tile*union.pose*union.segment*'
            Do = { New-McdmCondition -Path $sketch -Expert sdxl-tiny-control-union.tile | Invoke-McdmSample -Model $union -Steps 1 -ErrorAction Stop } }
        @{ Name = 'no type of several'; Id = 'ExpertAmbiguous'; Says = '*union.pose*union.segment*'
            Do = { New-McdmCondition -Path $sketch -Modality Picture | Invoke-McdmSample -Model $union -Steps 1 -ErrorAction Stop } }
        @{ Name = 'a negative size'; Id = 'ParameterArgumentValidationError'; Says = '*-1 is out of range*from 1 to*'
            Do = { Invoke-McdmSample 'a fox' -Model $union -OriginalSize -1, 64 -Steps 1 -ErrorAction Stop } }
        @{ Name = 'a negative origin'; Id = 'ParameterArgumentValidationError'; Says = '*-5 is out of range*from 0 to*'
            Do = { Invoke-McdmSample 'a fox' -Model $union -CropOrigin 0, -5 -Steps 1 -ErrorAction Stop } }
        @{ Name = 'a negative origin in a row'; Id = 'CellInvalid'; Says = 'Row 1: CropOrigin: -5 is out of range*'
            Do = { @{ Text = 'a fox'; CropOrigin = '0,-5' } | Invoke-McdmSample -Model $union -Steps 1 -ErrorAction Stop } }
        @{ Name = 'an origin in words'; Id = 'ParameterArgumentTransformationError'; Says = "*'middle' is not two whole numbers, such as 1024,1536.*"
            Do = { Invoke-McdmSample 'a fox' -Model $union -CropOrigin middle -Steps 1 -ErrorAction Stop } }
        @{ Name = 'a size of a model that is told none'; Id = 'SettingUnread'; Says = '*OriginalSize*'
            Do = { Invoke-McdmSample 'a fox' -Model (Import-McdmModel $sd1 -Precision Float32) -OriginalSize 64, 64 -Steps 1 -ErrorAction Stop } }
    ) {
        { & $Do } | Should -Throw -ErrorId "$Id*" -ExpectedMessage $Says
    }

    It 'makes a picture of <Width>×<Height> to follow as good as it can, and says so' -ForEach @(
        @{ Width = 1; Height = 1; Told = 'resized from 1×1 to 64×64 pixels'; Warned = '' }
        @{ Width = 8000; Height = 10; Told = '8000×10 pixels'; Warned = '*8000×10 pixels, another shape than the output''s 64×64: its middle is kept*' }
    ) {
        $picture = [Mcdm.Imaging.Picture]::new($Width, $Height, [byte[]]@(, 255 * (4 * $Width * $Height)))
        foreach ($expert in 'sdxl-tiny-control-mid', 'ip-adapter_sdxl_vit-h') {
            $condition = [Mcdm.Modalities.Condition]::Of([Mcdm.Modalities.Modality]::Picture, $picture, 1, $null).For($expert)
            $made = $condition | Invoke-McdmSample -Model $all -Steps 1 -Seed 1 -NoMeasure -WarningVariable warned -WarningAction SilentlyContinue
            $made.Picture.Width | Should -Be 64
            if ($expert -eq 'sdxl-tiny-control-mid') { "$warned" | Should -BeLike $Warned }
        }
    }
}
