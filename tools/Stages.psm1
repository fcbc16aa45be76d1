# What the training scripts share: stages, each a run in a folder of its own. What is finished is passed over; what was stopped goes on where it was.

# What a run has written says how many steps it has done.
function Get-Step([string] $Run) {
    foreach ($file in "$Run/model.json", "$Run/space.json", "$Run/judge.json") {
        if ((Test-Path -LiteralPath $file) -and (Get-Content -LiteralPath $file -Raw) -match '"training": \{\s*"steps": (\d+)') { return [int]$Matches[1] }
    }
    0
}

# Runs a stage, if it is among those asked for. -Settings are Start-McdmTraining's; with -Device they name where to train. -Folder is the run's, where it has another name.
function Invoke-Stage {
    param([string] $Name, [string[]] $From, [hashtable] $Settings, [string] $Runs, [string[]] $Stage, [string] $Device, [string] $Folder = $Name)
    $ErrorActionPreference = 'Stop'
    if ($Name -notin $Stage -or (Get-Step "$Runs/$Folder") -ge $Settings.Steps) { return }
    $Settings = $Settings.Clone()
    if ($Device) { $Settings.Device = $Device }
    $resume = Test-Path -LiteralPath "$Runs/$Folder/checkpoint.safetensors"
    if ($resume) { $null = $Settings.Remove('InitializeFrom') }
    elseif ($Settings.InitializeFrom) { $Settings.InitializeFrom = Import-McdmModel -Path $Settings.InitializeFrom -Precision Float32 }
    Import-McdmDataset $From | Start-McdmTraining @Settings -OutputPath "$Runs/$Folder" -CheckpointMinutes 4 -Resume:$resume
}

# Makes the run of the unconditional expert from a pack that has it, where the run is missing, as in a fresh checkout.
function Restore-Unconditional([string] $Pack, [string] $Runs) {
    $ErrorActionPreference = 'Stop'
    $run = "$Runs/unconditional"
    if (Test-Path -LiteralPath "$run/model.json") { return }
    Write-Warning "There is no run '$run': training goes on from the unconditional expert of '$Pack'."
    $null = New-Item -ItemType Directory -Force $run
    Copy-Item -LiteralPath "$Pack/space.json", "$Pack/autoencoder.safetensors", "$Pack/unconditional.safetensors" $run
    $model = Get-Content -LiteralPath "$Pack/model.json" -Raw | ConvertFrom-Json
    $model.experts = @($model.experts | Where-Object weights -EQ unconditional.safetensors)
    ConvertTo-Json $model -Depth 9 | Set-Content -LiteralPath "$run/model.json"
}

# Runs the stage "joint", if it is asked for: one network for all conditions, of the experts' shape and from the same start, which sees all labels of its pictures.
function Invoke-JointStage {
    param([string] $Data, [string[]] $Arguments, [string] $Runs, [string[]] $Stage, [string] $Device)
    if ('joint' -notin $Stage) { return }
    if ($Device) { $Arguments += '--device', $Device }
    # Beside a copy of the module lies a built copy of the program.
    $built = "$PSScriptRoot/../benchmarks/Mcdm.Benchmarks.dll"
    $program = (Test-Path -LiteralPath $built) ? @($built) : 'run', '-c', 'Release', '--project', "$PSScriptRoot/../benchmarks", '--'
    dotnet @program baseline train joint --data $Data --out "$Runs/joint" --init "$Runs/unconditional" @Arguments
    if ($LASTEXITCODE) { throw "The joint network was not trained: the program ended with $LASTEXITCODE." }
}

Export-ModuleMember -Function Invoke-Stage, Restore-Unconditional, Invoke-JointStage
