# Trains the judge of the embedded face model, on faces that no expert is trained on or judged by, and writes it into the module.
#   dotnet pwsh tools/faces/train-judge.ps1
# The run that made the committed judge: 21 minutes in bfloat16 on one thread of a busy machine, mean loss of the last 200 steps 0.0037.
# Stopped at any moment, it goes on where it was when it is started again.
[CmdletBinding()]
param(
    [string] $Data = 'data/faces/judge',
    [string] $Runs = 'runs',
    [string] $Pack = 'module/judges/Faces',
    [int] $Steps = 3000
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../../Mcdm.psd1" }

$run = "$Runs/Faces"
$result = Import-McdmDataset $Data | Start-McdmTraining -Judge -OutputPath $run -Steps $Steps -BatchSize 32 -LearningRate 2e-3 -EmaDecay 0.995 `
    -CheckpointMinutes 3 -Resume:(Test-Path -LiteralPath "$run/checkpoint.safetensors")
$result
if ($result.Completed) {
    $null = New-Item -ItemType Directory $Pack -Force
    Copy-Item -LiteralPath "$run/judge.safetensors", "$run/judge.json" $Pack -Force
}
