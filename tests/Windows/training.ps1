# Training while other programs have the run's files open.
param([string] $Module, [string] $Work)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/Checks.psm1"
Import-Module $Module
Remove-Item -Recurse -Force $Work -ErrorAction Ignore
Set-Location (New-Item -ItemType Directory -Force $Work)
$null = New-McdmCondition 'a person' | Invoke-McdmSample -Model Faces -Count 4 -Seed 1 -Steps 2 -NoMeasure | Save-McdmImage .\data\images
$data = Import-McdmDataset .\data
$small = @{ BatchSize = 1; ImageSize = 32; Channels = 8, 16; Blocks = 1, 1 }

Check 'a checkpoint that a program has open does not end the run' {
    $path = Join-Path (Get-Location) 'run\checkpoint.safetensors'
    $reader = Start-ThreadJob {
        while (-not (Test-Path $using:path)) { Start-Sleep -Milliseconds 20 }
        for ($file = $null; -not $file;) { try { $file = [System.IO.File]::Open($using:path, 'Open', 'Read', 'Read') } catch { Start-Sleep -Milliseconds 5 } }
        Start-Sleep 12
        $file.Dispose()
    }
    $result = Start-McdmTraining $data -OutputPath run -Steps 150 -CheckpointMinutes 0.01 @small -WarningVariable warnings -WarningAction SilentlyContinue
    Assert ($result.Step -eq 150) "It ended at step $($result.Step)."
    Assert ([bool] ($warnings -match 'could not be saved')) "It said: $warnings"
    $reader | Wait-Job | Remove-Job
    Assert (-not (Get-ChildItem run -Force -Filter *.tmp)) 'Something is left.'
}
# A run that is stopped on its way, once, and copies of it that go on.
$job = Start-McdmTraining $data -OutputPath stopped -Steps 400 -CheckpointMinutes 0.05 @small -AsJob
while (-not (Test-Path stopped\checkpoint.safetensors)) { Start-Sleep -Milliseconds 50 }
$job | Stop-Job -PassThru | Remove-Job -Force
function Resume([string] $Name, [string] $Open) {
    Copy-Item -Recurse stopped $Name
    Use-Open $Name\$Open Read { Start-McdmTraining $data -OutputPath $Name -Resume -WarningVariable script:warnings -WarningAction SilentlyContinue }
}
Check 'a run goes on while its log of losses is open' {
    Assert ((Resume logged loss.csv).Step -eq 400) 'It ended too early.'
    Assert ([bool] ($warnings -match 'loss.csv')) "It said: $warnings"
    Assert ((Get-Content logged\loss-2.csv).Count -eq 401) 'Losses are missing.'
}
Check 'a run whose checkpoint stays open is saved beside' {
    $result = Resume held checkpoint.safetensors
    Assert ($result.OutputPath -like '*held-step-400') "It is in $($result.OutputPath)."
    Assert ((Import-McdmModel -Path $result.OutputPath).Name -eq 'held-step-400') 'It is no model.'
}
Check 'a run goes on whose model this session has loaded' {
    Copy-Item -Recurse stopped loaded
    $null = Import-McdmModel -Path loaded
    Assert ((Start-McdmTraining $data -OutputPath loaded -Resume).Step -eq 400) 'It does not go on.'
}
Write-Counts
