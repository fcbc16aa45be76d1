# Windows: registers a task that makes the pictures of a CSV file every night at two. Run it once, in pwsh.
#   pwsh examples/schedule/task-scheduler.ps1 -Jobs C:\jobs\jobs.csv -Out C:\jobs\out
param(
    [Parameter(Mandatory)] [string] $Jobs,
    [Parameter(Mandatory)] [string] $Out,
    [string] $Log = "$Out\nightly.log",
    [string] $At = '02:00'
)

$script = Resolve-Path "$PSScriptRoot/../nightly.ps1"
$module = Resolve-Path "$PSScriptRoot/../../Mcdm.psd1"
$command = "Import-Module '$module'; & '$script' -Jobs '$Jobs' -Out '$Out' *>> '$Log'; exit `$LASTEXITCODE"

$task = @{
    TaskName = 'Mcdm nightly'
    Description = 'Pictures for the rows of a CSV file. The last result is 1 when a row failed; see the log.'
    Action   = New-ScheduledTaskAction -Execute (Get-Command pwsh).Source -Argument "-NoProfile -NonInteractive -Command `"$command`""
    Trigger  = New-ScheduledTaskTrigger -Daily -At $At
    Settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -ExecutionTimeLimit (New-TimeSpan -Hours 4) -MultipleInstances IgnoreNew
}
Register-ScheduledTask @task -Force
