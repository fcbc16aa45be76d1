# Adds an expert to a model that is there already: what it learnt stays untouched, and no picture needs two labels.
# Here captions, from a folder with images/ and captions.txt (one line a picture: file name, tab, sentence).
#   dotnet pwsh examples/add-modality.ps1 -Model ./runs/own/Own -Captioned ./captioned -Out ./runs/own-with-text
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Model,
    [Parameter(Mandatory)] [string] $Captioned,
    [Parameter(Mandatory)] [string] $Out,
    [ValidateSet('Text', 'Sketch', 'Segment', 'LowResolution')] [string] $Modality = 'Text',
    [int] $Steps = 2000,
    [hashtable] $Settings = @{ BatchSize = 16; LearningRate = 4e-4; TimestepBias = 1 }
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$before = Import-McdmModel -Path $Model -Precision Float32
Import-McdmDataset $Captioned | Start-McdmTraining -Modality $Modality -InitializeFrom $before -Steps $Steps -OutputPath "$Out-run" @Settings

# Experts of one space compose; piped together they become one model.
$added = Import-McdmModel -Path "$Out-run" -Precision Float32
$before, $added | Export-McdmModel $Out -Name $before.Name -Force
Import-McdmModel -Path $Out
