# Trains an unconditional and a sketch expert on a folder of pictures, and joins them into a model. Sketches need no labels:
# the edges are found in the pictures. Stopped at any moment, it goes on where it was when it is started again.
#   dotnet pwsh examples/train-your-own.ps1 -Pictures ./my-pictures
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Pictures,
    [string] $Runs = './runs/own',
    [string] $Name = 'Own',
    [int] $Steps = 4000,
    [hashtable] $Settings = @{ BatchSize = 16; LearningRate = 5e-4 }
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$dataset = Import-McdmDataset $Pictures
$dataset

function Train([string] $Expert, [hashtable] $More) {
    $folder = "$Runs/$Expert"
    $started = Test-Path -LiteralPath "$folder/checkpoint.safetensors"
    Start-McdmTraining $dataset -OutputPath $folder @Settings @More -Resume:$started
}

Train unconditional @{ Steps = $Steps }

# An expert that starts from the unconditional one needs a fraction of its steps.
$from = Import-McdmModel -Path "$Runs/unconditional" -Precision Float32
Train sketch @{ Steps = [Math]::Max(1, $Steps / 4); Modality = 'Sketch'; InitializeFrom = $from }

Import-McdmModel -Path "$Runs/unconditional", "$Runs/sketch" | Export-McdmModel "$Runs/$Name" -Name $Name -Force
