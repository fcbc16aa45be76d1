# A prompt, the edges of one picture and the areas of another in one picture of Stable Diffusion: by the composition rule, each ControlNet an expert
# of its own, beside what other programs do, which add the ControlNets' residuals up. The toys of the tests run here; they draw no more than blots. Yours:
#   dotnet pwsh examples/stable-diffusion.ps1 -Model ./stable-diffusion-v1-5 -Canny ./sd-controlnet-canny -Seg ./sd-controlnet-seg -Size 512 -Steps 25
[CmdletBinding()]
param(
    [string] $Model = "$PSScriptRoot/../tests/golden/sd1-tiny/model",
    [string] $Canny = "$PSScriptRoot/../tests/golden/sd1-tiny-canny/model",
    [string] $Seg = "$PSScriptRoot/../tests/golden/sd1-tiny-seg/model",
    [string] $Prompt = 'a portrait, oil on canvas',
    [string] $NegativePrompt = 'blurred',
    [string] $Picture = "$PSScriptRoot/inputs/face.png",
    [string] $Areas = "$PSScriptRoot/inputs/mask.png",
    [string] $Out = './out',
    [double] $Guidance = 7.5,
    [int] $Size = 64,
    [int] $Count = 2,
    [int] $Steps = 10,
    [long] $Seed = 7
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Mcdm)) { Import-Module "$PSScriptRoot/../Mcdm.psd1" }

$sd = Import-McdmModel $Model, $Canny, $Seg -Join
$sd | Out-Host

# A ControlNet's expert is called after its folder or file; a prompt's weight is its guidance, and a ControlNet's stays 1.
$edges, $parts = (Get-McdmModel -Path $Canny, $Seg).Name
$conditions = @(
    New-McdmCondition $Prompt -Weight $Guidance
    ConvertTo-McdmSketch $Picture -Size $Size -WhiteOnBlack | New-McdmCondition -Expert $edges
    New-McdmCondition -Path $Areas -Expert $parts
)
$settings = @{ Model = $sd; NegativePrompt = $NegativePrompt; Width = $Size; Height = $Size; Count = $Count; Steps = $Steps; Seed = $Seed }
$pictures = @(
    $conditions | Invoke-McdmSample @settings -Name composed
    $conditions | Invoke-McdmSample @settings -Name residual -Combiner Residual
)
$pictures | Out-Host

$pictures | Join-McdmImage -Columns $Count -Label Name -Name stable-diffusion | Save-McdmImage $Out -Force | ForEach-Object FullName
