# Windows: registers a task that makes the pictures of a CSV file every night at two. Run it once.
#   dotnet pwsh examples/schedule/task-scheduler.ps1 -Jobs C:\jobs\jobs.csv -Out C:\jobs\out
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Jobs,
    [Parameter(Mandatory)] [string] $Out,
    [string] $Log = "$Out-nightly.log",
    [string] $At = '02:00'
)

$ErrorActionPreference = 'Stop'

# A task starts in a folder of its own, so every path is a full one; quoted as PowerShell reads them.
$script, $jobsPath, $outPath, $logPath = "$PSScriptRoot/../nightly.ps1", $Jobs, $Out, $Log | ForEach-Object {
    "'$([System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($PSCmdlet.GetUnresolvedProviderPathFromPSPath($_)))'"
}
$command = "`$ErrorActionPreference = 'Stop'; & $script -Jobs $jobsPath -Out $outPath *>&1 | Out-File -LiteralPath $logPath -Append; exit `$LASTEXITCODE"

# The PowerShell that registers it runs it: pwsh, or the .NET tool.
$shell = [System.Environment]::ProcessPath
$tool = if ([System.IO.Path]::GetFileNameWithoutExtension($shell) -eq 'dotnet') { 'pwsh ' }

$task = @{
    TaskName    = 'Mcdm nightly'
    Description = 'Pictures for the rows of a CSV file. The last result is 1 when a row failed, 75 when it was stopped and goes on the next night; see the log.'
    Action      = New-ScheduledTaskAction -Execute $shell -Argument "${tool}-NoProfile -NonInteractive -Command `"$command`"" -WorkingDirectory (Resolve-Path "$PSScriptRoot/../..").ProviderPath
    Trigger     = New-ScheduledTaskTrigger -Daily -At $At
    Settings    = New-ScheduledTaskSettingsSet -StartWhenAvailable -ExecutionTimeLimit (New-TimeSpan -Hours 4) -MultipleInstances IgnoreNew
}
Register-ScheduledTask @task -Force
