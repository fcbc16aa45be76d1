# Trains the four experts of the embedded face model, each alone, and writes the pack.
#   dotnet run -c Release --project src/Mcdm.Host -- tools/faces/train.ps1
# The runs that made the committed weights, on two cores (wall time with the pauses other work put in, mean loss of the last 200 steps;
# losses under a -TimestepBias are of other noise levels):
#   in float32    unconditional 54 min, 0.0640; text 32 min, 0.0547; sketch 8 min, 0.0612; segment 10 min, 0.0626;
#                 text-more 70 min, 0.0288; segment-more 32 min, 0.0299
#   in bfloat16   unconditional-last 59 min, 0.0538; sketch-last 41 min, 0.0490; segment-last 82 min, 0.0299; text-last 30 min, 0.0321
# The faces were redrawn, with better captions and without doubles, before the fifth stage. The last stages were planned longer and cut
# short on the way: until step 1031, 480, 1010 and 155 their learning rates fell as for 3600, 1200, 3000 and 1600 steps.
# Stopped at any moment, it goes on where it was when it is started again; -Stage runs some of the stages only.
param(
    [string] $Data = 'data/faces',
    [string] $Runs = 'runs',
    [string] $Pack = 'module/models/Faces',
    [ValidateSet('unconditional', 'text', 'sketch', 'segment', 'text-more', 'segment-more', 'unconditional-last', 'sketch-last', 'segment-last', 'text-last', 'pack')]
    [string[]] $Stage = @('unconditional', 'text', 'sketch', 'segment', 'text-more', 'segment-more',
        'unconditional-last', 'sketch-last', 'segment-last', 'text-last', 'pack')
)

function Invoke-Stage {
    param([string] $Name, [string[]] $From, $Modality, [string] $Start, [int] $Steps, [double] $LearningRate, [double] $TimestepBias, [int] $BatchSize = 16)
    if ($Name -notin $Stage) { return }
    $settings = @{ OutputPath = "$Runs/$Name"; Steps = $Steps; BatchSize = $BatchSize; LearningRate = $LearningRate; TimestepBias = $TimestepBias; CheckpointMinutes = 4 }
    if ($Modality) { $settings.Modality = $Modality }
    if ($Start) { $settings.InitializeFrom = Import-McdmModel -Path "$Runs/$Start" -Precision Float32 }
    $checkpoint = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath("$Runs/$Name/checkpoint.safetensors")
    Import-McdmDataset $From | Start-McdmTraining @settings -Resume:([System.IO.File]::Exists($checkpoint))
}

# The unconditional expert sees pictures alone; each conditional expert sees one third of them, with one kind of label.
Invoke-Stage unconditional "$Data/sketch", "$Data/segment", "$Data/text" -Steps 4000 -LearningRate 5e-4
Invoke-Stage text "$Data/text" Text -Start unconditional -Steps 2200 -LearningRate 4e-4
Invoke-Stage sketch "$Data/sketch" Sketch -Start unconditional -Steps 700 -LearningRate 5e-4
Invoke-Stage segment "$Data/segment" Segment -Start unconditional -Steps 700 -LearningRate 5e-4

# What a sentence or a mask says about colours and shapes is settled at high noise, so that is what they go on learning.
Invoke-Stage text-more "$Data/text" Text -Start text -Steps 5600 -LearningRate 4e-4 -TimestepBias 2
Invoke-Stage segment-more "$Data/segment" Segment -Start segment -Steps 4000 -LearningRate 4e-4 -TimestepBias 1

# A last stage gives every expert more of the low noise, where surfaces become flat and outlines sharp.
Invoke-Stage unconditional-last "$Data/sketch", "$Data/segment", "$Data/text" -Start unconditional -Steps 2000 -LearningRate 4e-4 -BatchSize 32
Invoke-Stage sketch-last "$Data/sketch" Sketch -Start sketch -Steps 850 -LearningRate 4e-4 -BatchSize 32
Invoke-Stage segment-last "$Data/segment" Segment -Start segment-more -Steps 1800 -LearningRate 4e-4 -TimestepBias 0.5 -BatchSize 32
Invoke-Stage text-last "$Data/text" Text -Start text-more -Steps 600 -LearningRate 4e-4 -TimestepBias 0.5 -BatchSize 32

if ('pack' -in $Stage) {
    Import-McdmModel -Path "$Runs/unconditional-last", "$Runs/text-last", "$Runs/sketch-last", "$Runs/segment-last" -Precision Float32 |
        Export-McdmModel $Pack -Force -Name Faces -Description 'Cartoon faces, 64×64, from a sentence, a sketch and a partial segmentation mask.' `
            -Credits 'Drawn in the avataaars style by Pablo Stanley (free for personal and commercial use), through DiceBear.'
}
