#!/usr/bin/env bash
# Goes on with the training of the embedded model, whatever stage it was in, in the background and with low priority:
#   bash tools/faces/train-in-background.sh [stages of train.ps1, with commas between]
# It runs from a copy of the module in runs/trainer, which later builds leave alone; that folder is made where it is missing and says
# which commit it was built from. THREADS and NICE say how much of the machine it takes; runs/train.log says how far it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
copy=runs/trainer
dotnet tool restore >/dev/null
if [ ! -d "$copy" ]; then
    dotnet build -c Release --nologo -v quiet src/Mcdm.PowerShell
    dotnet build -c Release --nologo -v quiet benchmarks
    mkdir -p "$copy/tools/faces"
    cp -r benchmarks/bin/Release/net10.0 "$copy/benchmarks"
    cp -r Mcdm.psd1 module "$copy/"
    rm -rf "$copy"/module/models/*
    cp tools/Stages.psm1 "$copy/tools/"
    cp tools/faces/train.ps1 "$copy/tools/faces/"
    git rev-parse HEAD > "$copy/COMMIT"
fi
export OMP_NUM_THREADS=${THREADS:-$(nproc)}
script=$copy/tools/faces/train.ps1
command="\$ErrorActionPreference = 'Stop'; Import-Module './$copy/Mcdm.psd1'; & './$script' ${1:+-Stage $1} *>&1 | Out-String -Stream"
nohup nice -n "${NICE:-10}" dotnet pwsh -NoProfile -NonInteractive -Command "$command" >> runs/train.log 2>&1 &
echo "Training goes on as process $!; runs/train.log says how far it is."
