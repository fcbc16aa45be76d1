using System.Text;
using System.Text.Json;

namespace Mcdm.PowerShell.Tests;

/// <summary>The schedules in examples/schedule, each started as its scheduler would start it: their lines as they stand, but for the paths in them.</summary>
public sealed class ScheduleTests : IDisposable
{
    private const string Sources = "/srv/mcdm", Work = "/srv/jobs", Good = "good,a person with pink hair,", Bad = "bad,,no.png";

    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm it's [1] ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Lines(string name) => File.ReadAllLines(Path.Combine(Checkout.Root, "examples", "schedule", name));

    private static string Setting(string name) => Lines("mcdm-nightly.service").Single(line => line.StartsWith(name + '=', StringComparison.Ordinal))[(name.Length + 1)..];

    private string Here(string text) => text.Replace(Sources, Checkout.Root, StringComparison.Ordinal).Replace(Work, _folder, StringComparison.Ordinal);

    private void WriteJobs(params string[] rows) => File.WriteAllLines(Path.Combine(_folder, "jobs.csv"), ["Name,Text,Sketch", .. rows]);

    private string Log => File.ReadAllText(Path.Combine(_folder, "mcdm.log"));

    [Fact]
    public void The_line_for_cron_mails_nothing_but_the_end_of_a_run_that_failed()
    {
        if (OperatingSystem.IsWindows()) { return; }
        // Minute, hour, day, month, day of the week; then what the shell is given.
        string command = Lines("mcdm.cron").Single(line => line.StartsWith("0 2 * * *", StringComparison.Ordinal)).Split(' ', 6)[5];
        static string Quoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        string here = command.Replace(Sources, Quoted(Checkout.Root), StringComparison.Ordinal).Replace(Work, Quoted(_folder), StringComparison.Ordinal);

        WriteJobs(Good);
        Assert.Equal((0, "", ""), ShellProcess.Program("/bin/sh", "/", "-c", here));
        Assert.Contains("1 pictures made, 0 rows failed.", Log, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "out", "good-0.png")));

        WriteJobs(Good, Bad);
        (_, string mailed, _) = ShellProcess.Program("/bin/sh", "/", "-c", here);
        Assert.Contains("0 pictures made, 1 rows failed.", mailed, StringComparison.Ordinal);
        Assert.Contains("no.png", mailed, StringComparison.Ordinal);
    }

    [Fact]
    public void The_service_fails_when_a_row_does()
    {
        if (OperatingSystem.IsWindows()) { return; }
        string[] words = [.. Setting("ExecStart").Split(' ').Select(Here)];
        Assert.Equal("/usr/bin/dotnet", words[0]);
        WriteJobs(Bad);
        (int exitCode, string output, string errors) = ShellProcess.Program("dotnet", Here(Setting("WorkingDirectory")), words[1..]);
        Assert.Equal(1, exitCode);
        Assert.Contains("0 pictures made, 1 rows failed.", output, StringComparison.Ordinal);
        Assert.Contains("no.png", errors, StringComparison.Ordinal);
    }

    [InterruptTheory]
    [InlineData(2)]
    [InlineData(15)]
    public void A_night_that_is_stopped_says_so_and_how_to_go_on_and_ends_with_a_code_of_its_own(int signal)
    {
        WriteJobs([.. Enumerable.Range(1, 200).Select(row => $"row{row},a person with pink hair,")]);
        string jobs = Path.Combine(_folder, "jobs.csv"), made = Path.Combine(_folder, "out");
        var (exitCode, output, _) = ShellProcess.FileAndSignal(signal, "row1-0.png: Text 'a person with pink hair'", "-File",
            Path.Combine(Checkout.Root, "examples", "nightly.ps1"), "-Jobs", jobs, "-Out", made, "-Steps", "1");
        Assert.Equal(75, exitCode);
        Assert.Equal("SuccessExitStatus=75", Lines("mcdm-nightly.service").Single(line => line.StartsWith("Success", StringComparison.Ordinal)));
        string last = output.TrimEnd().Split('\n')[^1];
        Assert.Matches(@"is stopped: \d+ pictures made\. Go on with: dotnet pwsh -File '.*nightly\.ps1' -Jobs '.*it''s.*' -Out '.*' -Model 'Faces' -Steps 1$", last);
        Assert.Empty(Directory.GetFiles(made, ".mcdm-*.claim"));
    }

    [Fact]
    public void The_task_for_windows_runs_what_it_was_registered_with()
    {
        // The cmdlets of the Task Scheduler, where there is none: what they were given is what it would start.
        // They come by a file: on Windows a shell's output has a code page, which lacks letters.
        (int exitCode, string output, string errors) = ShellProcess.AsCron(_folder, "-Command", $$"""
            function New-ScheduledTaskAction($Execute, $Argument, $WorkingDirectory) { [pscustomobject]@{ Execute = $Execute; Argument = $Argument; WorkingDirectory = $WorkingDirectory } }
            function New-ScheduledTaskTrigger([switch] $Daily, $At) { }
            function New-ScheduledTaskSettingsSet([switch] $StartWhenAvailable, $ExecutionTimeLimit, $MultipleInstances) { }
            function Register-ScheduledTask($TaskName, $Description, $Action, $Trigger, $Settings, [switch] $Force) { $Action | ConvertTo-Json | Set-Content -LiteralPath ./task.json }
            & '{{Path.Combine(Checkout.Root, "examples", "schedule", "task-scheduler.ps1")}}' -Jobs './jobs.csv' -Out './a’’s [2] $(1) out'
            """);
        Assert.Equal((0, "", ""), (exitCode, output, errors));
        using var action = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "task.json")));
        string Of(string name) => action.RootElement.GetProperty(name).GetString()!;
        (int ExitCode, string, string) Start() => ShellProcess.ProgramLine(Of("Execute"), Of("WorkingDirectory"), Of("Argument"));

        // What the log says can be read again, night after night, whatever the code page of the system.
        string NightlyLog() => File.ReadAllText(Path.Combine(_folder, "a’s [2] $(1) out-nightly.log"), new UTF8Encoding(false, throwOnInvalidBytes: true));

        WriteJobs(Good, "日本 ß,a person with black hair,");
        Assert.Equal((0, "", ""), Start());
        Assert.True(File.Exists(Path.Combine(_folder, "a’s [2] $(1) out", "good-0.png")));
        Assert.Contains("2 pictures made, 0 rows failed.", NightlyLog(), StringComparison.Ordinal);
        Assert.Contains("日本 ß-0.png: Text 'a person with black hair'", NightlyLog(), StringComparison.Ordinal);
        WriteJobs(Good, "bad,,нет.png");
        Assert.Equal(1, Start().ExitCode);
        Assert.Contains("нет.png", NightlyLog(), StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "jobs.csv"));
        Assert.Equal(1, Start().ExitCode);
    }
}
