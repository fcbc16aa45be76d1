# Trains the judge of the embedded face model, on faces that no expert is trained on or judged by, and writes it into the module.
#   dotnet pwsh tools/faces/train-judge.ps1
# The run that made the committed judge: 21 minutes in bfloat16 on one thread of a busy machine, mean loss of the last 200 steps 0.0037.
# Stopped at any moment, it goes on where it was when it is started again.
param(
    [string] $Data = 'data/faces/judge',
    [string] $Runs = 'runs',
    [string] $Pack = 'module/judges/Faces',
    [int] $Steps = 3000
)

function Resolve-Full([string] $Path) { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path) }

$run = "$Runs/Faces"
$result = Import-McdmDataset $Data | Start-McdmTraining -Judge -OutputPath $run -Steps $Steps -BatchSize 32 -LearningRate 2e-3 -EmaDecay 0.995 `
    -CheckpointMinutes 3 -Resume:([System.IO.File]::Exists((Resolve-Full "$run/checkpoint.safetensors")))
$result
if ($result.Completed) {
    $null = [System.IO.Directory]::CreateDirectory((Resolve-Full $Pack))
    foreach ($file in 'judge.safetensors', 'judge.json') { [System.IO.File]::Copy((Resolve-Full "$run/$file"), (Resolve-Full "$Pack/$file"), $true) }
}
