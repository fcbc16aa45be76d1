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
    [ValidateRange(1, [int]::MaxValue)] [int] $JudgeSteps = 5000,
    [string] $Device # the fastest by default
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../../Mcdm.psd1" }
Import-Module "$PSScriptRoot/../Stages.psm1"
$run = @{ Runs = $Runs; Stage = $Stage; Device = $Device }

# The unconditional expert sees pictures alone; each conditional expert starts from it and sees a third of them, with one kind of label.
# Pictures are small, so the network looks at each pixel; the pack of four stays under 12 MB.
$common = @{ Steps = $Steps; BatchSize = 64; ImageSize = 32; PatchSize = 1; Channels = 32, 64, 96; Blocks = 2, 2, 1; Prediction = 'Sample'; LossFloor = 0.05 }
$common.HeldOut = Import-McdmDataset "$Data/held-out"
Invoke-Stage unconditional "$Data/sketch", "$Data/segment", "$Data/text" ($common + @{ LearningRate = 8e-4 }) @run
$common += @{ InitializeFrom = "$Runs/unconditional"; LearningRate = 6e-4 }
Invoke-Stage text "$Data/text" ($common + @{ Modality = 'Text' }) @run
Invoke-Stage segment "$Data/segment" ($common + @{ Modality = 'Segment' }) @run
Invoke-Stage sketch "$Data/sketch" ($common + @{ Modality = 'Sketch' }) @run

# What the experts are compared with: one network for all conditions, of their shape and from the same start, which sees all labels of its pictures.
Invoke-JointStage $Data ('--steps', $Steps, '--batch-size', 64, '--learning-rate', 6e-4) @run

# The judge learns from pictures that no expert is trained on or judged by; it has the name of its folder.
Invoke-Stage judge "$Data/judge" @{ Judge = $true; Steps = $JudgeSteps; ImageSize = 32; BatchSize = 64; LearningRate = 2e-3; EmaDecay = 0.995 } @run -Folder Fashion
if ('judge' -in $Stage) {
    $null = New-Item -ItemType Directory $JudgePack -Force
    Copy-Item -LiteralPath "$Runs/Fashion/judge.safetensors", "$Runs/Fashion/judge.json" $JudgePack -Force
}

if ('pack' -in $Stage) {
    $experts = 'unconditional', 'text', 'segment', 'sketch'
    $model = Import-McdmModel -Path ($experts.ForEach({ "$Runs/$_" })) -Precision Float32 -Join
    $variance = Import-McdmDataset "$Data/sketch", "$Data/segment", "$Data/text" | Measure-McdmVariance -Model $model
    $model |
        Export-McdmModel $Pack -Force -Name Fashion -SentenceSchedule @{ 666 = 1; 667 = 3 } -Combiner Projection -Easing 100 -Variance $variance -Description 'Grey photographs of garments, 32×32, from a sentence, a sketch and a partial silhouette mask.' `
            -Credits 'Trained on Fashion-MNIST (Zalando SE, MIT licence).'
}
