# Trains a fifth expert of the embedded face model, alone: a low-resolution picture, from the pictures that the sketch expert had. No
# other expert is trained, changed or asked; it starts from what the unconditional one knows of faces.
#   dotnet run -c Release --project src/Mcdm.Host -- tools/faces/train-low-resolution.ps1
# The run that made the committed weights: 29 minutes in bfloat16 on one thread of a busy machine, mean loss of the last 200 steps 0.0350.
# Stopped at any moment, it goes on where it was when it is started again.
param(
    [string] $Data = 'data/faces/sketch',
    [string] $Run = 'runs/low-resolution',
    [string] $Pack = 'module/models/FacesLowResolution',
    [string] $Start = 'module/models/Faces',
    [int] $Steps = 1400
)

function Resolve-Full([string] $Path) { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path) }

$result = Import-McdmDataset $Data | Start-McdmTraining -Modality LowResolution -InitializeFrom (Import-McdmModel -Path $Start -Precision Float32) `
    -OutputPath $Run -Steps $Steps -BatchSize 32 -LearningRate 4e-4 -Precision BFloat16 `
    -CheckpointMinutes 2 -Resume:([System.IO.File]::Exists((Resolve-Full "$Run/checkpoint.safetensors")))
$result
if ($result.Completed) {
    Import-McdmModel -Path $Run -Precision Float32 | Export-McdmModel $Pack -Force -Name FacesLowResolution `
        -Description 'A fifth expert for Faces: roughly which colours are where, from a picture of 8×8 pixels.' `
        -Credits 'Drawn in the avataaars style by Pablo Stanley (free for personal and commercial use), through DiceBear.'
}
