# Trains the Fashion model: experts of pixels, each alone; what they are compared with; the judge; and writes the pack.
#   node prepare.mjs                                          (in tools/fashion)
#   dotnet pwsh tools/fashion/train.ps1 [-Device cuda]
# Stopped at any moment, it goes on where it was when it is started again; what is finished is passed over. -Stage runs some of the stages only.
[CmdletBinding()]
param(
    [string] $Data = 'data/fashion',
    [string] $Runs = 'runs/fashion',
    [string] $Pack = 'module/models/Fashion',
    [string] $JudgePack = 'module/judges/Fashion',
    [ValidateSet('unconditional', 'text', 'segment', 'sketch', 'joint', 'judge', 'pack')]
    [string[]] $Stage = @('unconditional', 'text', 'segment', 'sketch', 'joint', 'judge', 'pack'),
    [ValidateRange(1, [int]::MaxValue)] [int] $Steps = 4700, # of 64 pictures: 300,800
    [ValidateRange(1, [int]::MaxValue)] [int] $JudgeSteps = 2000,
    [string] $Device # the fastest by default
)

$ErrorActionPreference = 'Stop'
$root = "$PSScriptRoot/../.."
if (-not (Get-Module Mcdm)) { Import-Module "$root/Mcdm.psd1" }
$where = if ($Device) { @{ Device = $Device } } else { @{} }

# What a run has written says how many steps it has done.
function Get-Step([string] $Run) {
    foreach ($file in "$Run/model.json", "$Run/judge.json") {
        if ((Test-Path -LiteralPath $file) -and (Get-Content -LiteralPath $file -Raw) -match '"training": \{\s*"steps": (\d+)') { return [int]$Matches[1] }
    }
    0
}

function Invoke-Stage([string] $Name, [string[]] $From, [hashtable] $Settings) {
    if ($Name -notin $Stage -or (Get-Step "$Runs/$Name") -ge $Settings.Steps) { return }
    $resume = Test-Path -LiteralPath "$Runs/$Name/checkpoint.safetensors"
    if ($resume) { $null = $Settings.Remove('InitializeFrom') }
    elseif ($Settings.InitializeFrom) { $Settings.InitializeFrom = Import-McdmModel -Path $Settings.InitializeFrom -Precision Float32 }
    Import-McdmDataset $From | Start-McdmTraining @Settings @where -ImageSize 32 -PatchSize 1 -BatchSize 64 -OutputPath "$Runs/$Name" -CheckpointMinutes 4 -Resume:$resume
}

# The unconditional expert sees pictures alone; each conditional expert starts from it and sees a third of them, with one kind of label.
# Pictures are small, so the network looks at each pixel; the pack of four stays under 12 MB.
$common = @{ Steps = $Steps; Channels = 32, 64, 96; Blocks = 2, 2, 1; Prediction = 'Sample'; LossFloor = 0.05; HeldOut = Import-McdmDataset "$Data/held-out" }
Invoke-Stage unconditional "$Data/sketch", "$Data/segment", "$Data/text" ($common + @{ LearningRate = 8e-4 })
$common += @{ InitializeFrom = "$Runs/unconditional"; LearningRate = 6e-4 }
Invoke-Stage text "$Data/text" ($common + @{ Modality = 'Text' })
Invoke-Stage segment "$Data/segment" ($common + @{ Modality = 'Segment' })
Invoke-Stage sketch "$Data/sketch" ($common + @{ Modality = 'Sketch' })

# What the experts are compared with: one network for all conditions, of their shape and from the same start, which sees all labels of its pictures.
if ('joint' -in $Stage) {
    $arguments = '--data', $Data, '--out', "$Runs/joint", '--init', "$Runs/unconditional", '--steps', $Steps, '--batch-size', 64, '--learning-rate', 6e-4
    if ($Device) { $arguments += '--device', $Device }
    dotnet run -c Release --project "$root/benchmarks" -- baseline train joint @arguments
    if ($LASTEXITCODE) { throw "The joint network was not trained: the program ended with $LASTEXITCODE." }
}

# The judge learns from pictures that no expert is trained on or judged by.
Invoke-Stage judge "$Data/judge" @{ Judge = $true; Steps = $JudgeSteps; Channels = 32, 64, 96; Blocks = 1, 1, 1; LearningRate = 2e-3; EmaDecay = 0.995 }
if ('judge' -in $Stage) {
    $null = New-Item -ItemType Directory $JudgePack -Force
    Copy-Item -LiteralPath "$Runs/judge/judge.safetensors", "$Runs/judge/judge.json" $JudgePack -Force
}

if ('pack' -in $Stage) {
    Import-McdmModel -Path (('unconditional', 'text', 'segment', 'sketch').ForEach({ "$Runs/$_" })) -Precision Float32 |
        Export-McdmModel $Pack -Force -Name Fashion -Description 'Grey photographs of garments, 32×32, from a sentence, a sketch and a partial silhouette mask.' `
            -Credits 'Trained on Fashion-MNIST (Zalando SE, MIT licence).'
}
