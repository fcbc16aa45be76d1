# Unite and Conquer's networks (Nair, Bandara and Patel 2023): a map of a face, one of its hair, a sketch and a sentence in one picture, with the weights
# and the sampler of the published program. The toys of the tests run here; they draw no faces. Put each of your files beside a model.json (docs/checkpoints.md):
#   dotnet pwsh examples/unite-and-conquer.ps1 -Faces ./face/model_latest.pt -Sketches ./sketch/model_sketch.pt -TextEncoder ./FaRL-Base-Patch16-LAIONFace20M-ep64.pth -Vocabulary ./bpe_simple_vocab_16e6.txt.gz -Steps 100
[CmdletBinding()]
param(
    [string] $Faces = "$PSScriptRoot/../tests/golden/uniteconquer-face/model/model_latest.pt",
    [string] $Sketches = "$PSScriptRoot/../tests/golden/uniteconquer-sketch/model/model_sketch.pt",
    [string] $TextEncoder = "$PSScriptRoot/../tests/golden/uniteconquer-farl/model/FaRL-tiny.pth",
    [string] $Vocabulary = "$PSScriptRoot/../tests/golden/uniteconquer-farl/model/bpe_simple_vocab_first_1500.txt.gz",
    [string] $Face = "$PSScriptRoot/inputs/mask.png",
    [string] $Hair = "$PSScriptRoot/inputs/gallery/text-segment/mask.png",
    [string] $Sketch = "$PSScriptRoot/inputs/sketch.png",
    [string] $Text = 'a person with black hair',
    [string] $Out = './out',
    [int] $Count = 2,
    [int] $Steps = 10,
    [long] $Seed = 7
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

# The first network is the experts face, hair and text, and what is predicted without any; the second is the expert sketch.
$model = Import-McdmModel $Faces, $Sketches -Join -TextEncoder $TextEncoder -Vocabulary $Vocabulary
$model | Out-Host

$maps = @(
    New-McdmCondition -Path $Face -Expert face
    New-McdmCondition -Path $Hair -Expert hair
)
$lines = New-McdmCondition -Sketch $Sketch -Weight 0.6
$words = New-McdmCondition $Text -Weight 1.25

$settings = @{ Model = $model; Sampler = 'Ddim'; Steps = $Steps; Count = $Count; Seed = $Seed }
$pictures = @(
    $maps | Invoke-McdmSample @settings -Name maps
    $maps + $lines + $words | Invoke-McdmSample @settings -Name all-four
)
$pictures | Out-Host

$pictures | Join-McdmImage -Columns $Count -Label Name -Name unite-and-conquer | Save-McdmImage $Out -Force | ForEach-Object FullName
