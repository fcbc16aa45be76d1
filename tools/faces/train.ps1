# Trains the four experts of the embedded face model, each alone, and writes the pack.
#   dotnet run -c Release --project src/Mcdm.Host -- tools/faces/train.ps1
# Stopped at any moment, it goes on where it was when it is started again.
param(
    [string] $Data = 'data/faces',
    [string] $Runs = 'runs',
    [string] $Pack = 'module/models/Faces'
)

function Invoke-Stage {
    param([string] $Name, $Dataset, $Modality, $From, [int] $Steps, [double] $LearningRate)
    $start = @{ Dataset = $Dataset; OutputPath = "$Runs/$Name"; Steps = $Steps; BatchSize = 16; LearningRate = $LearningRate; CheckpointMinutes = 4 }
    if ($Modality) { $start.Modality = $Modality }
    if ($From) { $start.InitializeFrom = $From }
    $checkpoint = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath("$Runs/$Name/checkpoint.safetensors")
    Start-McdmTraining @start -Resume:([System.IO.File]::Exists($checkpoint))
}

# The unconditional expert sees pictures alone; each conditional expert sees one third of them, with one kind of label.
Invoke-Stage unconditional (Import-McdmDataset "$Data/sketch", "$Data/segment", "$Data/text") -Steps 4000 -LearningRate 5e-4

$from = Import-McdmModel -Path "$Runs/unconditional" -Precision Float32
Invoke-Stage text (Import-McdmDataset "$Data/text") Text $from -Steps 2200 -LearningRate 4e-4
Invoke-Stage sketch (Import-McdmDataset "$Data/sketch") Sketch $from -Steps 700 -LearningRate 5e-4
Invoke-Stage segment (Import-McdmDataset "$Data/segment") Segment $from -Steps 700 -LearningRate 5e-4

Import-McdmModel -Path "$Runs/unconditional", "$Runs/text", "$Runs/sketch", "$Runs/segment" -Precision Float32 |
    Export-McdmModel $Pack -Force -Name Faces -Description 'Cartoon faces, 64×64, from a sentence, a sketch and a partial segmentation mask.' `
        -Credits 'Drawn in the avataaars style by Pablo Stanley (free for personal and commercial use), through DiceBear.'
