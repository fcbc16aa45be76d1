using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using static System.FormattableString;

namespace Mcdm.Benchmarks.Scale;

/// <summary>Several workers on one folder of this machine against one: pictures a minute, and the memory of all together.</summary>
internal static class WorkersBenchmark
{
    private const double Megabyte = 1e6;

    /// <summary>Waits until all have loaded the model, so that what is timed is the work.</summary>
    private const string Script = """
        param([string] $Manifest, [int] $Rows, [int] $Steps, [string] $Out)
        Import-Module $Manifest
        $faces = Import-McdmModel Faces
        $null = Invoke-McdmSample -Model $faces -Text 'this person has black hair' -Steps 1
        "ready $PID"
        $null = [Console]::In.ReadLine()
        1..$Rows | ForEach-Object { [pscustomobject]@{ Name = "r$_"; Text = 'this person has black hair'; Seed = $_ } } |
            Invoke-McdmSample -Model $faces -Steps $Steps -SkipExisting $Out | Save-McdmImage $Out -SkipExisting | ForEach-Object { 'made' }
        'done'
        $null = [Console]::In.ReadLine()
        """;

    public static int Run(int rows, int steps, int[] counts, int threads)
    {
        string folder = Directory.CreateTempSubdirectory("mcdm-workers-").FullName, script = Path.Combine(folder, "worker.ps1");
        try
        {
            File.WriteAllText(script, Script);
            var table = new Table().Title($"{rows} rows in {steps} steps, {threads} threads each").AddColumns("workers", "pictures a minute", "against one", "private, each", "shared, each", "all together");
            double? one = null;
            bool all = true;
            foreach (int count in counts)
            {
                string output = Path.Combine(folder, $"out-{count}");
                var (minutes, memory, made) = Work(script, output, count, rows, steps, threads);
                double rate = rows / minutes;
                one ??= rate;
                all &= made == rows && Directory.GetFiles(output, "*.png").Length == rows;
                table.AddRow($"{count}", Invariant($"{rate:0}"), Invariant($"{rate / one:0.00}"), Invariant($"{memory.Average(use => use.Private) / Megabyte:0} MB"), Invariant($"{memory.Average(use => use.Shared) / Megabyte:0} MB"), Invariant($"{memory.Sum(use => use.Proportional) / Megabyte:0} MB"));
            }
            AnsiConsole.Write(table);
            return all ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Bytes that a process alone has touched, that it shares with others, and its part of all that is shared.</summary>
    private readonly record struct Use(double Private, double Shared, double Proportional);

    private static (double Minutes, List<Use> Memory, int Made) Work(string script, string output, int count, int rows, int steps, int threads)
    {
        var workers = Enumerable.Range(0, count).Select(_ => Start(threads, script, "-Manifest", Repository.File("Mcdm.psd1"), "-Rows", $"{rows}", "-Steps", $"{steps}", "-Out", output)).ToList();
        try
        {
            int[] ids = [.. workers.Select(worker => int.Parse(Line(worker).Split(' ')[1], CultureInfo.InvariantCulture))];
            var clock = Stopwatch.StartNew();
            workers.ForEach(worker => worker.StandardInput.WriteLine());
            int[] made = new int[count];
            var readers = workers.Select((worker, i) => Task.Run(() => { while (Line(worker) == "made") { made[i]++; } })).ToArray();
            Task.WaitAll(readers);
            double minutes = clock.Elapsed.TotalMinutes;
            // All are there still, and hold what they have worked with.
            var memory = ids.Select(Memory).ToList();
            workers.ForEach(worker => worker.StandardInput.WriteLine());
            workers.ForEach(worker => worker.WaitForExit());
            return (minutes, memory, made.Sum());
        }
        finally
        {
            foreach (var worker in workers.Where(worker => !worker.HasExited)) { worker.Kill(entireProcessTree: true); }
            workers.ForEach(worker => worker.Dispose());
        }
    }

    private static string Line(Process worker) => worker.StandardOutput.ReadLine() ?? throw new InvalidOperationException("A worker ended early; its messages are above.");

    private static Process Start(int threads, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["pwsh", "-NoProfile", "-NonInteractive", .. arguments]) { RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = Repository.File("") };
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        return Process.Start(start)!;
    }

    private static Use Memory(int process)
    {
        var fields = File.ReadLines($"/proc/{process}/smaps_rollup").Skip(1).Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToDictionary(words => words[0], words => 1024 * double.Parse(words[1], CultureInfo.InvariantCulture));
        return new Use(fields["Private_Clean:"] + fields["Private_Dirty:"], fields["Shared_Clean:"] + fields["Shared_Dirty:"], fields["Pss:"]);
    }
}
