#!/usr/bin/env bash
# run.sh FOLDER [PART...]: the tests, the tour and the probes on Windows' own .NET, pwsh, libtorch and SkiaSharp, under Wine. FOLDER is made, or used again; PARTs
# are core, powershell and scripts, all by default. Ends with 'N passed, N failed, N skipped'.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
[ $# -gt 0 ] || { echo "Usage: $0 FOLDER [core] [powershell] [scripts]"; exit 2; }
mkdir -p "$1" && FOLDER=$(cd "$1" && pwd)
shift
parts=${*:-core powershell scripts}
. "$here/wine.sh"

fail() { echo "$1"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

# 1. Wine, and a prefix that says Windows 10: the usual one says 7.
if ! [ -x "$wine" ]; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wine wine64; } >"$FOLDER/apt.log" 2>&1 || fail "Wine could not be installed: $FOLDER/apt.log"
fi
if ! [ -d "$WINEPREFIX" ]; then
    { "$wine" wineboot -i && "$wine" winecfg -v win10 && wineserver -w; } >"$FOLDER/prefix.log" 2>&1 || fail "Wine makes no prefix: $FOLDER/prefix.log"
fi
wineserver -p600 || true
# The first program that asks for a desktop starts this, with its own output open: a test that reads a program's output to the end would wait for it.
"$wine" explorer.exe /desktop >/dev/null 2>&1 </dev/null &

# 2. Windows' .NET and pwsh.
{ dotnet restore "$here/packages.proj" && dotnet msbuild "$here/packages.proj" -t:LayOut -p:To="$FOLDER/system"; } >"$FOLDER/system.log" 2>&1 || fail "Windows' .NET cannot be had: $FOLDER/system.log"

# 3. The module and the tests for Windows. out/win-x64 becomes a checkout of its own, whose module/bin is Windows'.
target=$checkout/out/win-x64
build() { dotnet build "$checkout/$1" --nologo -v q -p:RunAnalyzers=false -p:RuntimeIdentifier=win-x64 "${@:2}" >"$FOLDER/build.log" 2>&1 || fail "$1 cannot be built for Windows: $FOLDER/build.log"; }
program=(-p:CustomAfterMicrosoftCommonTargets="$here/Program.targets" -p:GenerateProgramFile=false -p:TreatWarningsAsErrors=false)
build src/Mcdm.PowerShell
case $parts in *core*) build tests/Mcdm.Core.Tests "${program[@]}" ;; esac
case $parts in *powershell*) build tests/Mcdm.PowerShell.Tests "${program[@]}" ;; esac
(cd "$checkout" && git ls-files -z | xargs -0 cp -u --parents -t "$target") || fail "$target cannot be written."
cp -u -r "$checkout/module/en-US" "$target/module/"
# Writable, as a file of Windows that is not cannot be deleted, nor can a test's copy of it.
if [ -d "$checkout/../shared" ]; then cp -u -r --no-preserve=mode "$checkout/../shared" "$checkout/out/"; fi

# What the scripts compare with and install: a picture of this system, and the module without libtorch.
case $parts in *scripts*)
    dotnet build "$checkout/src/Mcdm.PowerShell" --nologo -v q -p:RunAnalyzers=false >"$FOLDER/build.log" 2>&1 || fail "The module cannot be built: $FOLDER/build.log"
    build src/Mcdm.PowerShell -t:PackModule -p:WithLibTorch=false -p:PackedModule="$FOLDER/small/Mcdm/0/"
    (cd "$checkout" && dotnet tool restore && dotnet pwsh -NoProfile -Command "Import-Module ./Mcdm.psd1; New-McdmCondition 'a person with pink hair' |
        Invoke-McdmSample -Model (Import-McdmModel Faces -Precision Float32) -Seed 7 -NoMeasure | Save-McdmImage '$FOLDER/reference.png' -Force") >"$FOLDER/reference.log" 2>&1 ||
        fail "There is no picture to compare with: $FOLDER/reference.log"
    export MCDM_OTHER_MODULE="$(windows "$checkout/Mcdm.psd1")"
    export MCDM_REFERENCE="$(windows "$FOLDER/reference.png")" MCDM_SMALL_MODULE="$(windows "$FOLDER/small/Mcdm/0/Mcdm.psd1")"
    NUGET_PACKAGES=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //') && export NUGET_PACKAGES="$(windows "${NUGET_PACKAGES%/}")"
    ;;
esac

# 4. What takes the least time first. What runs says 'N passed, N failed, N skipped' at its end.
export MCDM_TEST_PATIENCE=20 MCDM_TEST_SHELL="$(windows "$FOLDER/system/pwsh/pwsh.exe")"
passed=0 failed=0 skipped=0
counted() {
    local name=$1 log=$FOLDER/$1.log line
    shift
    echo "== $name"
    "$@" >"$log" 2>&1
    grep -aE '^(FAIL|SKIP) |^  ' "$log" | tr -d '\r' | cut -c1-300
    if line=$(tr -d '\r' <"$log" | grep -aE '^[0-9]+ passed, [0-9]+ failed' | tail -1) && [ -n "$line" ]; then
        echo "$name: $line"
        read -r a _ b _ c _ <<<"${line//,/}"
        passed=$((passed + a)) failed=$((failed + b)) skipped=$((skipped + ${c:-0}))
    else
        echo "FAIL $name ended without its counts: $log"
        failed=$((failed + 1))
    fi
}
tests() { wrun "$target/bin/$1/Debug/net10.0/$1.exe" "$(windows "$here/skipped.txt")"; }
case $parts in *scripts*)
    for script in "$here"/*.ps1; do
        name=$(basename "$script" .ps1)
        counted "$name" wpwsh -NoProfile -File "$(windows "$script")" "$(windows "$target/Mcdm.psd1")" "C:\\Users\\Public\\My Work\\$name"
    done
    ;;
esac
case $parts in *powershell*) counted Mcdm.PowerShell.Tests tests Mcdm.PowerShell.Tests ;; esac
case $parts in *core*) counted Mcdm.Core.Tests tests Mcdm.Core.Tests ;; esac
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
