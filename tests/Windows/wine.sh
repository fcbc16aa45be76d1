# Source this: functions that run Windows' .NET programs and pwsh under Wine. FOLDER is where run.sh has put both.
#
# DOTNET_EnableWriteXorExecute=0: else 'Internal CLR error (0x80131506)' within a minute.
# KMP_AFFINITY=disabled: else libiomp5md.dll ends the process, since GetNumaNodeProcessorMaskEx is missing.
# ONEDNN_MAX_CPU_ISA: else oneDNN uses AMX where the processor has it, whose registers Wine does not ask the system for ('illegal instruction').
# PSExecutionPolicyPreference: the engine in a test has Windows' default, which runs no script.
export WINEPREFIX=$FOLDER/prefix WINEDEBUG=${WINEDEBUG:--all} DOTNET_ROOT="Z:${FOLDER//\//\\}\\system\\dotnet"
export DOTNET_EnableWriteXorExecute=0 KMP_AFFINITY=disabled ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16 PSExecutionPolicyPreference=Bypass POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
wine=/usr/lib/wine/wine64

# A path as Windows' programs see it.
windows() { echo "Z:${1//\//\\}"; }

# Runs a program of Windows with a console. Wine gives it one only where it has a terminal, and pwsh, also one that tests start, ends with 0 and says nothing
# where it has none: hence script(1). A console's output would be full of escapes, so it goes to files; it comes in the console's code page.
wrun() {
    local out err status
    out=$(mktemp -p "$FOLDER" out.XXXXXX) err=$(mktemp -p "$FOLDER" err.XXXXXX)
    script -qec "bash -c $(printf %q "$(printf '%q ' "$wine" "$@") >$out 2>$err")" /dev/null </dev/null >/dev/null
    status=$?
    grep -av '^wine: Read access denied' "$err" >&2
    iconv -c -f ibm437 -t utf-8 "$out" | tr -d '\r'
    rm -f "$out" "$err"
    return $status
}

# Windows' pwsh.
wpwsh() { wrun "$FOLDER/system/pwsh/pwsh.exe" "$@"; }
