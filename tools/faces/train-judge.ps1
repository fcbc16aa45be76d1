# Trains the judge of the embedded face model, on faces that no expert is trained on or judged by.
#   dotnet run -c Release --project src/Mcdm.Host -- tools/faces/train-judge.ps1
# Stopped at any moment, it goes on where it was when it is started again.
param(
    [string] $Data = 'data/faces/judge',
    [string] $Runs = 'runs',
    [int] $Steps = 3000
)

$folder = "$Runs/Faces"
$checkpoint = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath("$folder/checkpoint.safetensors")
Import-McdmDataset $Data | Start-McdmTraining -Judge -OutputPath $folder -Steps $Steps -BatchSize 32 -LearningRate 2e-3 -EmaDecay 0.995 -CheckpointMinutes 3 -Resume:([System.IO.File]::Exists($checkpoint))
