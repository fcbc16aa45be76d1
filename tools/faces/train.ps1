# Trains the embedded face model: a space, then its experts, each alone, in it; and writes the pack.
#   node draw.mjs --out ../../data/faces128 --size 128        (in tools/faces)
#   dotnet pwsh tools/faces/train.ps1
# Stopped at any moment, it goes on where it was when it is started again; what is finished is passed over. -Stage runs some of the stages only.
[CmdletBinding()]
param(
    [string] $Data = 'data/faces128',
    [string] $Runs = 'runs',
    [string] $Pack = 'module/models/Faces',
    [ValidateSet('autoencoder', 'decoder', 'unconditional', 'text', 'segment', 'sketch', 'low-resolution', 'joint', 'pack')]
    [string[]] $Stage = @('autoencoder', 'decoder', 'unconditional', 'text', 'segment', 'sketch', 'low-resolution', 'joint', 'pack'),
    [ValidateRange(1, [int]::MaxValue)] [int] $Steps = 9375, # of 32 pictures: 300,000
    [string] $Device # the fastest by default
)

$ErrorActionPreference = 'Stop'
$root = "$PSScriptRoot/../.."
if (-not (Get-Module Mcdm)) { Import-Module "$root/Mcdm.psd1" }
$where = if ($Device) { @{ Device = $Device } } else { @{} }

# What a run has written says how many steps it has done.
function Get-Step([string] $Run) {
    foreach ($file in "$Run/model.json", "$Run/space.json") {
        if ((Test-Path -LiteralPath $file) -and (Get-Content -LiteralPath $file -Raw) -match '"training": \{\s*"steps": (\d+)') { return [int]$Matches[1] }
    }
    0
}

function Invoke-Stage([string] $Name, [string[]] $From, [hashtable] $Settings) {
    if ($Name -notin $Stage -or (Get-Step "$Runs/$Name") -ge $Settings.Steps) { return }
    $resume = Test-Path -LiteralPath "$Runs/$Name/checkpoint.safetensors"
    if ($resume) { $null = $Settings.Remove('InitializeFrom') }
    elseif ($Settings.InitializeFrom) { $Settings.InitializeFrom = Import-McdmModel -Path $Settings.InitializeFrom -Precision Float32 }
    Import-McdmDataset $From | Start-McdmTraining @Settings @where -OutputPath "$Runs/$Name" -CheckpointMinutes 4 -Resume:$resume
}

# The autoencoder sees every picture and no label: 300,000 squares. Then its decoder alone learns 100,000 more under less noise, so that
# latents stay as smooth as the first noise made them and pictures become more exact.
$all = "$Data/sketch", "$Data/segment", "$Data/text"
Invoke-Stage autoencoder $all @{ Autoencoder = $true; Steps = 18750; BatchSize = 16; LearningRate = 1e-3; LatentNoise = 0.35 }
Invoke-Stage decoder $all @{ Autoencoder = $true; Space = "$Runs/autoencoder"; Steps = 6250; BatchSize = 16; LearningRate = 5e-4; LatentNoise = 0.1 }

# The unconditional expert sees pictures alone; each conditional expert starts from it and sees one third of them, with one kind of label: 300,000 each.
# held-out.csv of each run says where the loss on faces that nothing is learnt from parts from that on others: then more faces are to be drawn.
$common = @{ Space = "$Runs/decoder"; Steps = $Steps; BatchSize = 32; HeldOut = Import-McdmDataset "$Data/held-out" }
Invoke-Stage unconditional $all ($common + @{ LearningRate = 5e-4 })
$common += @{ InitializeFrom = "$Runs/unconditional"; LearningRate = 4e-4 }
Invoke-Stage text "$Data/text" ($common + @{ Modality = 'Text' })
Invoke-Stage segment "$Data/segment" ($common + @{ Modality = 'Segment' })
Invoke-Stage sketch "$Data/sketch" ($common + @{ Modality = 'Sketch' })
Invoke-Stage low-resolution "$Data/sketch" ($common + @{ Modality = 'LowResolution' })

# What the experts are compared with: one network for all conditions, of their shape and from the same start, which sees all labels of its pictures.
if ('joint' -in $Stage) {
    $arguments = '--data', $Data, '--out', "$Runs/joint", '--space', "$Runs/decoder", '--init', "$Runs/unconditional", '--steps', $Steps
    if ($Device) { $arguments += '--device', $Device }
    dotnet run -c Release --project "$root/benchmarks" -- baseline train joint @arguments
    if ($LASTEXITCODE) { throw "The joint network was not trained: the program ended with $LASTEXITCODE." }
}

if ('pack' -in $Stage) {
    Import-McdmModel -Path (('unconditional', 'text', 'segment', 'sketch', 'low-resolution').ForEach({ "$Runs/$_" })) -Precision Float32 |
        Export-McdmModel $Pack -Force -Name Faces -Description 'Cartoon faces, 128×128, from a sentence, a sketch, a partial segmentation mask and rough colours.' `
            -Credits 'Drawn in the avataaars style by Pablo Stanley (free for personal and commercial use), through DiceBear.'
}
