using System.Diagnostics;
using Mcdm.Files;
using Mcdm.Runs;
using Spectre.Console;
using static System.FormattableString;

namespace Mcdm.Benchmarks.Scale;

/// <summary>What a thousand workers do to one folder: measures what this machine's file system takes for each request, and simulates nights with it.</summary>
internal static class ScaleBenchmark
{
    private const int Times = 1000;

    /// <summary>A network in one room, there and back.</summary>
    private const double Way = 0.0005;

    public static int Run(string? folder, int workers, int rows, double slower)
    {
        AnsiConsole.Profile.Width = 140;
        string here = Path.Combine(folder ?? Path.GetTempPath(), $"mcdm-scale-{Environment.ProcessId}");
        Directory.CreateDirectory(here);
        try
        {
            var measured = Measure(here);
            AnsiConsole.Write(new Table().Title("Measured here, microseconds each").AddColumns("look", "create", "write", "link", "delete", "append")
                .AddRow(new[] { measured.Look, measured.Create, measured.Write, measured.Link, measured.Delete, measured.Append }.Select(cost => Invariant($"{1e6 * cost:0.0}")).ToArray()));
            AnsiConsole.Write(Sizes(here));
            Simulate(measured.Times(slower) with { Way = Way }, workers, rows, slower);
            return 0;
        }
        finally
        {
            Directory.Delete(here, recursive: true);
        }
    }

    private static void Simulate(FolderCosts costs, int workers, int rows, double slower)
    {
        var table = new Table().Title(Invariant($"Simulated: {rows} rows, a picture of a worker in 75 s, a server {slower:0} times slower than here, 0.5 ms away"))
            .AddColumns("workers", "layout", "renewal", "99 % after", "all after", "missing", "claims/s", "requests/s", "server busy", "workers wait", "twice");
        foreach (var (count, layout, renewal) in new[]
        {
            (workers / 10, NightLayout.Shared, 30.0), (workers / 10, NightLayout.PartsThenAll, 30), (workers / 10, NightLayout.PartsThenOne, 30),
            (workers, NightLayout.Shared, 30), (workers, NightLayout.PartsThenAll, 30), (workers, NightLayout.PartsThenOne, 30), (workers, NightLayout.PartsThenOne, 5),
        })
        {
            var outcome = NightSimulation.Run(new NightOptions { Workers = count, Rows = rows * count / workers, Layout = layout, Costs = costs, RenewSeconds = renewal });
            table.AddRow($"{count}", $"{layout}", Invariant($"{renewal:0} s"), Invariant($"{outcome.HoursOfMost:0.0} h"), Invariant($"{outcome.Hours:0.0} h"), $"{outcome.Missing}",
                Invariant($"{outcome.Claims:0.0}"), Invariant($"{outcome.Requests / (3600 * outcome.Hours):0}"), Invariant($"{outcome.ServerBusy:0.0 %}"), Invariant($"{outcome.WorkersWait:0.00 %}"), $"{outcome.Twice}");
        }
        AnsiConsole.Write(table);
    }

    /// <summary>What each request takes, in seconds, the files being as large as pictures of the embedded model.</summary>
    private static FolderCosts Measure(string folder)
    {
        byte[] picture = new byte[8000], line = new byte[100];
        new Random(1).NextBytes(picture);
        string Name(string kind, int i) => Path.Combine(folder, $"{kind}-{i}");
        // Not File.WriteAllBytes, which has room set aside first.
        void Make(string path)
        {
            using var file = new FileStream(path, FileMode.CreateNew);
            file.Write(line);
        }
        double create = Each(i => Make(Name("plain", i)));
        double both = Each(i =>
        {
            Make(Name("gone", i));
            File.Delete(Name("gone", i));
        });
        double delete = Math.Max(0, both - create);
        double write = Each(i => AtomicFile.Write(Name("picture", i), stream => stream.Write(picture), overwrite: false));
        double look = Each(i => File.Exists(Name("picture", i)));
        using var log = new FileStream(Name("log", 0), FileMode.Append);
        double append = Each(_ => { log.Write(line); log.Flush(); });
        // A link is a name, as is a file that is made; a picture is written, linked, and its first name deleted.
        return new FolderCosts(look, create, Math.Max(create, write - delete - create), create, delete, append, 0);
    }

    /// <summary>The median, in seconds: other work on the machine hardly counts.</summary>
    private static double Each(Action<int> work)
    {
        var times = new double[Times];
        for (int i = 0; i < Times; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            work(i);
            times[i] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
        Array.Sort(times);
        return times[Times / 2];
    }

    /// <summary>What a folder takes as it fills: names of pictures are looked for, and all are listed.</summary>
    private static Table Sizes(string folder)
    {
        var table = new Table().Title("A folder that fills, measured here").AddColumns("files", "look", "claim and give up", "list all");
        string full = Path.Combine(folder, "full");
        Directory.CreateDirectory(full);
        int files = 0;
        foreach (int size in new[] { 1_000, 10_000, 100_000 })
        {
            for (; files < size; files++) { File.Create(Path.Combine(full, $"row-{files:000000}-0.png")).Dispose(); }
            var random = new Random(1);
            double look = Each(_ => File.Exists(Path.Combine(full, $"row-{random.Next(size):000000}-0.png")));
            double claim = Each(i => { using (PictureClaim.TryTake(Path.Combine(full, $"new-{i}.png"))) { } });
            var clock = Stopwatch.StartNew();
            int listed = Directory.EnumerateFiles(full).Count();
            table.AddRow($"{listed}", Invariant($"{1e6 * look:0.0} µs"), Invariant($"{1e6 * claim:0} µs"), Invariant($"{clock.Elapsed.TotalSeconds:0.00} s"));
        }
        return table;
    }
}
