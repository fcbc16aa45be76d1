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
    [ValidateRange(1, [int]::MaxValue)] [int] $Steps = 9375, # of 32 pictures, 300,000: of the unconditional and the joint network
    [ValidateRange(1, [int]::MaxValue)] [int] $TextSteps = 5500, # 176,000: of the text expert
    [ValidateRange(1, [int]::MaxValue)] [int] $MapSteps = 3000, # 96,000: of the segment and the sketch expert, whose conditions leave little open
    [ValidateRange(1, [int]::MaxValue)] [int] $ColorSteps = 2000, # 64,000: of the low-resolution expert
    [string] $Device # the fastest by default
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../../Mcdm.psd1" }
Import-Module "$PSScriptRoot/../Stages.psm1"
$run = @{ Runs = $Runs; Stage = $Stage; Device = $Device }

# The autoencoder sees every picture and no label: 300,000 squares. Then its decoder alone learns 100,000 more under less noise, so that
# latents stay as smooth as the first noise made them and pictures become more exact.
$all = "$Data/sketch", "$Data/segment", "$Data/text"
Invoke-Stage autoencoder $all @{ Autoencoder = $true; Steps = 18750; BatchSize = 16; LearningRate = 1e-3; LatentNoise = 0.35 } @run
Invoke-Stage decoder $all @{ Autoencoder = $true; Space = "$Runs/autoencoder"; Steps = 6250; BatchSize = 16; LearningRate = 5e-4; LatentNoise = 0.1 } @run

# The unconditional expert sees pictures alone; each conditional expert starts from it and sees one third of them, with one kind of label.
# held-out.csv of each run says where the loss on faces that nothing is learnt from parts from that on others: then more faces are to be drawn.
$common = @{ Space = "$Runs/decoder"; Steps = $Steps; BatchSize = 32; HeldOut = Import-McdmDataset "$Data/held-out" }
Invoke-Stage unconditional $all ($common + @{ LearningRate = 5e-4 }) @run
if ('unconditional' -notin $Stage -and $Stage -notmatch '^(autoencoder|decoder|pack)$') { Restore-Unconditional $Pack $Runs }
$common += @{ InitializeFrom = "$Runs/unconditional" }
$common.Space = "$Runs/unconditional" # a run carries its space along
# Eyes, brows and mouth are too small for 8×8 positions: the sentence is read at 16×16 too, and more often under the noise that hides them.
$common.Steps = $TextSteps
Invoke-Stage text "$Data/text" ($common + @{ Modality = 'Text'; CrossAttentionLevels = 1, 2; TimestepBias = 1; LearningRate = 5e-4 }) @run
$common += @{ LearningRate = 4e-4 }
$common.Steps = $MapSteps
Invoke-Stage segment "$Data/segment" ($common + @{ Modality = 'Segment' }) @run
Invoke-Stage sketch "$Data/sketch" ($common + @{ Modality = 'Sketch' }) @run
$common.Steps = $ColorSteps
Invoke-Stage low-resolution "$Data/sketch" ($common + @{ Modality = 'LowResolution' }) @run

# What the experts are compared with: one network for all conditions, of their shape and from the same start, which sees all labels of its pictures.
Invoke-JointStage $Data ('--space', "$Runs/unconditional", '--steps', $Steps) @run

if ('pack' -in $Stage) {
    Import-McdmModel -Path (('unconditional', 'text', 'segment', 'sketch', 'low-resolution').ForEach({ "$Runs/$_" })) -Precision Float32 |
        Export-McdmModel $Pack -Force -Name Faces -SentenceSchedule @{ 666 = 1; 667 = 3 } -Description 'Cartoon faces, 128×128, from a sentence, a sketch, a partial segmentation mask and rough colours.' `
            -Credits 'Drawn in the avataaars style by Pablo Stanley (free for personal and commercial use), through DiceBear.'
}
