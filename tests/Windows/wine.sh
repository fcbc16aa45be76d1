# Source this: functions that run Windows' .NET programs and pwsh under Wine. FOLDER is where run.sh has put both.
#
# DOTNET_EnableWriteXorExecute=0: else 'Internal CLR error (0x80131506)' within a minute.
# KMP_AFFINITY=disabled: else libiomp5md.dll ends the process, since GetNumaNodeProcessorMaskEx is missing.
# PSExecutionPolicyPreference: the engine in a test has Windows' default, which runs no script.
export WINEPREFIX=$FOLDER/prefix WINEDEBUG=${WINEDEBUG:--all} DOTNET_ROOT="Z:${FOLDER//\//\\}\\system\\dotnet"
export DOTNET_EnableWriteXorExecute=0 KMP_AFFINITY=disabled PSExecutionPolicyPreference=Bypass POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
wine=/usr/lib/wine/wine64

# A path as Windows' programs see it.
windows() { echo "Z:${1//\//\\}"; }

# Windows' pwsh. Wine gives a program a console only where it has a terminal, and pwsh ends with 0 and says nothing where it has none: hence script(1).
# A console's output would be full of escapes, so it goes to files; it comes in the console's code page.
wpwsh() {
    local out err status
    out=$(mktemp) err=$(mktemp)
    script -qec "bash -c $(printf %q "$(printf '%q ' "$wine" "$FOLDER/system/pwsh/pwsh.exe" "$@") >$out 2>$err")" /dev/null </dev/null >/dev/null
    status=$?
    grep -av '^wine: Read access denied' "$err" >&2
    iconv -c -f ibm437 -t utf-8 "$out" | tr -d '\r'
    rm -f "$out" "$err"
    return $status
}
