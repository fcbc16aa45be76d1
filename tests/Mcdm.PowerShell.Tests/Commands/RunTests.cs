using Mcdm.Runs;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Accounts of rows that are sampled with -SkipExisting, and Measure-McdmRun.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class RunTests : TinyModelTests
{
    private const string Run = "Import-McdmJob ./jobs.csv | Invoke-McdmSample -Model $tiny -Steps 1 -SkipExisting ./out -ErrorAction SilentlyContinue | Save-McdmImage ./out -SkipExisting -ErrorAction SilentlyContinue";

    public RunTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private string Out => Path.Combine(Folder, "out");

    private void WriteJobs(params string[] lines) => File.WriteAllLines(Path.Combine(Folder, "jobs.csv"), lines);

    private RunMeasurement Measure(string arguments = "") => Engine.Invoke($"Measure-McdmRun ./out {arguments}").WithoutErrors().Only<RunMeasurement>();

    private string[] Logs => Directory.Exists(Path.Combine(Out, RunLog.FolderName)) ? Directory.GetFiles(Path.Combine(Out, RunLog.FolderName)) : [];

    /// <summary>The log of a process of another computer.</summary>
    private void LeaveLog(string host, params string[] lines)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Out, RunLog.FolderName)).FullName;
        File.WriteAllLines(Path.Combine(folder, $"{host}-1-{Guid.NewGuid():N}.jsonl"), lines.Prepend($$"""{"event":"begin","at":"2026-01-01T00:00:00Z","host":"{{host}}","process":{{Logs.Length}},"model":"Tiny"}"""));
    }

    private static string Made(string file, string time) => $$"""{"event":"made","at":"2026-01-01T00:{{time}}Z","file":"{{file}}","seconds":1}""";

    [Fact]
    public void Rows_are_done_failed_or_missing_and_a_mended_row_is_done()
    {
        WriteJobs("Name,Text,Sketch,Count,Seed", "a,a red disc,,2,5", "b,,no.png,,", ",,sketch.png,,", "d,a red disc,,,x", "e,too,many,cells,here,by,far");
        Engine.Invoke(Run);
        var run = Measure();
        Assert.Equal((5, 2, 0, 3, 3, 0), (run.Rows, run.Done, run.Missing, run.Failed, run.Pictures, run.Claimed));
        Assert.Equal([2, 4, 5], run.Failures.Select(failure => failure.Row));
        Assert.Equal(["PathNotFound", "CellInvalid", "JobCells"], run.Failures.Select(failure => failure.Id));
        Assert.Equal([Environment.MachineName, Environment.MachineName, null], run.Failures.Select(failure => failure.Host));
        Assert.StartsWith("Row 2 (b): There is no file or folder", run.Failures[0].Message, StringComparison.Ordinal);
        var host = Assert.Single(run.Hosts);
        Assert.Equal((Environment.MachineName, 1, 0, 0, 3, 2), (host.Host, host.Processes, host.Running, host.Lost, host.Pictures, host.Errors));
        Assert.True(host.PicturesPerMinute > 0 && run.PicturesPerMinute == host.PicturesPerMinute);
        Assert.Equal(TimeSpan.Zero, run.TimeLeft);
        Assert.Equal(3, host.Timeline[^1].Pictures);
        // Behind other things, as in a night's log, PowerShell shows a list.
        string log = string.Join('\n', Engine.Invoke("& { Measure-McdmRun ./out; (Measure-McdmRun ./out).Hosts } | Out-Default").WithoutErrors().HostLines);
        Assert.Contains("Pictures          : 3", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Timeline", log, StringComparison.Ordinal);

        WriteJobs("Name,Text,Sketch,Count,Seed", "a,a red disc,,2,5", "b,,sketch.png,,", ",,sketch.png,,", "d,a red disc,,,7");
        Engine.Invoke(Run).WithoutErrors();
        run = Measure();
        Assert.Equal((4, 4, 0, 0, 5), (run.Rows, run.Done, run.Missing, run.Failed, run.Pictures));
        Assert.Empty(run.Failures);
        Assert.Equal(1, Assert.Single(run.Hosts).Processes);

        // What a night finds done leaves no account.
        Engine.Invoke(Run).WithoutErrors();
        Assert.Equal(2, Logs.Length);
        File.Delete(Path.Combine(Out, "a-6.png"));
        run = Measure();
        Assert.Equal((3, 1, null), (run.Done, run.Missing, run.TimeLeft));
    }

    [Fact]
    public void Numbers_that_the_command_line_gave_for_all_rows_count()
    {
        WriteJobs("Name,Text,Count,Seed", "a,a red disc,1,1", "b,a red disc,,");
        Engine.Invoke(Run.Replace("-Steps 1", "-Steps 1 -Count 2 -Seed 10", StringComparison.Ordinal)).WithoutErrors();
        var run = Measure();
        Assert.Equal((2, 2, 4), (run.Rows, run.Done, run.Pictures));
        Assert.Equal((2, 2, 4), (Measure("-Jobs ./jobs.csv").Rows, Measure("-Jobs ./jobs.csv").Done, Measure("-Jobs ./jobs.csv").Pictures));
    }

    [Fact]
    public void Several_files_have_rows_of_the_same_numbers()
    {
        WriteJobs("Text", "a red disc", "a red disc");
        File.WriteAllLines(Path.Combine(Folder, "more.csv"), ["Text,Sketch", "a red disc,", ",no.png"]);
        Engine.Invoke(Run.Replace("./jobs.csv", "./jobs.csv, ./more.csv", StringComparison.Ordinal));
        var run = Measure();
        Assert.Equal((4, 3, 1), (run.Rows, run.Done, run.Failed));
        Assert.Equal("more-row-0002", run.Failures[0].Name);
        Assert.Equal((4, 3, 1), (Measure("-Jobs ./jobs.csv, ./more.csv").Rows, Measure("-Jobs ./jobs.csv, ./more.csv").Done, Measure("-Jobs ./jobs.csv, ./more.csv").Failed));
    }

    [Fact]
    public void A_picture_that_cannot_be_saved_is_a_failure_of_its_row()
    {
        WriteJobs("Name,Text", "a,a red disc", "b,a red disc");
        Directory.CreateDirectory(Path.Combine(Out, "a-0.png"));
        Engine.Invoke(Run);
        var run = Measure();
        Assert.Equal((2, 1, 0, 1), (run.Rows, run.Done, run.Missing, run.Failed));
        Assert.Equal((1, "a", "OutputIsFolder"), (run.Failures[0].Row, run.Failures[0].Name, run.Failures[0].Id));
    }

    [Fact]
    public void Hosts_are_told_apart_with_their_paces_and_what_is_lost()
    {
        WriteJobs("Name,Text", "a,x", "b,x", "c,x", "d,x", "e,x", "f,x");
        Directory.CreateDirectory(Out);
        foreach (string name in new[] { "a", "b", "c", "d" }) { File.WriteAllText(Path.Combine(Out, $"{name}-0.png"), ""); }
        // Two at once on n1 for two minutes, one of them killed in the middle of a line; n2 later, for one minute; n3 could not load the model.
        LeaveLog("n1", Made("a-0.png", "01:00"), """{"event":"end","at":"2026-01-01T00:02:00Z"}""");
        LeaveLog("n1", Made("b-0.png", "02:00"), Made("c-0.png", "02:00"), """{"event":"made","at":"2026-""");
        LeaveLog("n2", """{"event":"begin","at":"2026-01-01T00:00:00Z","host":"n2","process":1}""", Made("d-0.png", "04:00"), """{"event":"end","at":"2026-01-01T00:04:00Z"}""");
        LeaveLog("n3", """{"event":"failed","at":"2026-01-01T00:01:00Z","id":"ModelNotFound","message":"There is no model."}""", """{"event":"end","at":"2026-01-01T00:01:00Z"}""");
        var run = Measure("-Jobs ./jobs.csv");
        Assert.Equal((6, 4, 2, 0), (run.Rows, run.Done, run.Missing, run.Failed));
        Assert.Equal([("n1", 2, 0, 1, 3, 1.5), ("n2", 1, 0, 0, 1, 0.25), ("n3", 1, 0, 0, 0, 0.0)], run.Hosts.Select(host => (host.Host, host.Processes, host.Running, host.Lost, host.Pictures, host.PicturesPerMinute!.Value)));
        Assert.Equal(1, run.PicturesPerMinute);
        Assert.Equal("n3: There is no model.", Assert.Single(run.Failures).ToString());
        Assert.Null(run.TimeLeft);
        Assert.Equal([(1.0, 1), (2.0, 2), (2.0, 3)], run.Hosts[0].Timeline.Select(point => (point.Minute, point.Pictures)));
        Assert.Equal("run", Engine.Invoke("Measure-McdmRun ./out | ConvertTo-McdmPlot").WithoutErrors().Only<McdmImage>().Name);
    }

    [Fact]
    public void Time_left_is_told_at_the_pace_of_those_that_work_now()
    {
        WriteJobs("Name,Text", "a,x", "b,x", "c,x", "d,x", "e,x");
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "a-0.png"), "");
        string now = DateTime.UtcNow.ToString("O");
        Directory.CreateDirectory(Path.Combine(Out, RunLog.FolderName));
        File.WriteAllLines(Path.Combine(Out, RunLog.FolderName, "n1.jsonl"),
            [$$"""{"event":"begin","at":"{{DateTime.UtcNow.AddMinutes(-2):O}}","host":"n1","process":1}""", $$"""{"event":"made","at":"{{now}}","file":"a-0.png"}"""]);
        using var claim = PictureClaim.TryTake(Path.Combine(Out, "b-0.png"));
        var run = Measure("-Jobs ./jobs.csv");
        Assert.Equal((1, 4, 1, 1), (run.Done, run.Missing, run.Claimed, run.Hosts[0].Running));
        Assert.InRange(run.TimeLeft!.Value, TimeSpan.FromMinutes(7.9), TimeSpan.FromMinutes(8.1));
    }

    [Fact]
    public void Without_a_job_file_pictures_are_counted_and_what_is_not_there_is_said()
    {
        Engine.Invoke("@{ Name = 'a'; Text = 'x' }, @{ Name = 'b'; Sketch = './no.png' } | Invoke-McdmSample -Model $tiny -Steps 1 -SkipExisting ./out -ErrorAction SilentlyContinue | Save-McdmImage ./out");
        var run = Measure();
        Assert.Equal((null, null, null, 1, 1), (run.Rows, run.Done, run.Missing, run.Failed, run.Pictures));
        WriteJobs("Name,Text", "c,x");
        Engine.Invoke(Run).WithoutErrors();
        File.Delete(Path.Combine(Folder, "jobs.csv"));
        var result = Engine.Invoke("Measure-McdmRun ./out").WithoutErrors();
        Assert.Contains("-Jobs", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal((null, 2), (result.Only<RunMeasurement>().Rows, result.Only<RunMeasurement>().Pictures));
    }

    [Theory]
    [InlineData("Measure-McdmRun ./no", "PathNotFound")]
    [InlineData("Measure-McdmRun ./face.png", "RunNotFolder")]
    [InlineData("Measure-McdmRun . -Jobs ./no.csv", "PathNotFound")]
    [InlineData("Measure-McdmRun . -Jobs ./face.png", "TextEncoding")]
    [InlineData("Measure-McdmRun . | ConvertTo-McdmPlot", "NoPictures")]
    public void What_is_no_run_is_refused(string script, string id) => Assert.Equal([id], Engine.Invoke(script).ErrorIds);

    [Fact]
    public void A_folder_that_was_never_sampled_to_is_empty_and_one_that_is_left_alone_has_no_log()
    {
        Assert.Equal((0, 0), (Engine.Invoke("Measure-McdmRun .").WithoutErrors().Only<RunMeasurement>().Pictures, Engine.Invoke("Measure-McdmRun .").Only<RunMeasurement>().Hosts.Count));
        Engine.Invoke("Invoke-McdmSample -Model $tiny -Steps 1 -Seed 1 -SkipExisting ./out | Save-McdmImage ./out").WithoutErrors();
        Assert.Empty(Logs);
    }

    [Fact]
    public void It_travels()
    {
        WriteJobs("Name,Text", "a,x");
        Engine.Invoke(Run).WithoutErrors();
        var back = Engine.Invoke("Measure-McdmRun ./out | Export-Clixml ./run.xml; Import-Clixml ./run.xml").WithoutErrors().Only<RunMeasurement>();
        Assert.Equal((1, 1, 1), (back.Rows, back.Done, back.Hosts[0].Pictures));
    }
}
