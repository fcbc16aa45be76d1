#!/bin/sh
# What a graphics card makes of Mcdm, in under four minutes: Faces composed, and Stable Diffusion 1.5's U-Net with two ControlNets, of full size with
# random weights. Its tables belong in docs/measured.md, with the card's name, which the first line says.
#
#   benchmarks/gpu.sh [FOLDER [SIDE [RUNS]]]
#
# FOLDER  where `dotnet build -c Release benchmarks` was written: benchmarks/bin/Release/net10.0 by default
# SIDE    side of Stable Diffusion's pictures; 512 by default (64 to rehearse it on a processor)
# RUNS    counted runs of each measurement; 5 by default
#
# What must be brought where nothing can be downloaded:
# - .NET's runtime 10, unpacked: DOTNET names its program (dotnet by default);
# - FOLDER, built here, without its own libtorch if that is too much to carry;
# - the names and shapes of the model's tensors: KEYS names their folder (../shared/checkpoints/keys by default); without it Faces alone is measured;
# - a libtorch that knows the card: LIBTORCH names the folder of its libraries, such as PyTorch's own
#   (python3 -c 'import torch; print(torch.__path__[0] + "/lib")'). They are linked over those in FOLDER, as was done for what docs/measured.md says of
#   one H100; libraries that libtorch itself loads (cuDNN, cuBLAS) lie in site-packages/nvidia/*/lib, and LD_LIBRARY_PATH has to name them.
#
# Left open, for nothing of it can be rehearsed without a card: float16, which the module has no word for; Stable Diffusion in batches of 4, for which `sd` has no
# option; whether a CUDA graph of one evaluation, or TorchScript
# in its place, gets rid of the launches that a step of Faces waits for (one step's many small operations, docs/measured.md).
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(cd "${1:-$root/benchmarks/bin/Release/net10.0}" && pwd) || exit 1
side=${2:-512}
runs=${3:-5}
keys=${KEYS:-$root/../shared/checkpoints/keys}
program=${DOTNET:-dotnet}

nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader 2>/dev/null || echo "no card: a rehearsal"
if [ -n "${LIBTORCH:-}" ]; then
    for library in "$LIBTORCH"/*.so*; do ln -sf "$library" "$folder/"; done
fi

# One measurement may not take the time of those that follow it.
measure() {
    most=$1
    shift
    echo "== $*"
    (cd "$root" && timeout "$most" "$program" "$folder/Mcdm.Benchmarks.dll" "$@") || echo "ended with $? (124: it took longer than $most s)"
}

measure 40 speed --steps 10 --runs "$runs"
measure 40 speed --steps 10 --runs "$runs" --float32
if [ -d "$keys" ]; then
    measure 75 sd --keys "$keys" --sides "$side" --runs "$runs"
    measure 80 sd --keys "$keys" --sides "$side" --runs "$runs" --float32
else
    echo "There is no '$keys': Stable Diffusion is left out."
fi
