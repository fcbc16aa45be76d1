using System.Diagnostics;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Modalities.Sketch;
using Spectre.Console;

namespace Mcdm.Benchmarks.Fuzz;

/// <summary>Thousands of damaged pictures through what New-McdmCondition -Sketch does: is each read, or refused with a clear error?</summary>
internal static class FuzzBenchmark
{
    private const int Side = 64;
    private const double Megabyte = 1e6;

    public static int Run(int count, int seed)
    {
        string folder = Directory.CreateTempSubdirectory("mcdm-fuzz-").FullName, kept = Repository.File("out/fuzz");
        var seeds = PictureSeeds.All();
        foreach (var (extension, bytes) in seeds) { Look(bytes, Path.Combine(folder, "seed." + extension)); }
        var mutation = new Mutation(new Random(seed), seeds.Select(file => file.Bytes).ToList());
        var outcomes = seeds.Select(file => file.Extension).Distinct().ToDictionary(extension => extension, _ => new Outcome());
        using var process = Process.GetCurrentProcess();
        double before = process.PeakWorkingSet64 / Megabyte;
        for (int i = 0; i < count; i++)
        {
            var (extension, whole) = seeds[i % seeds.Count];
            byte[] bytes = mutation.Of(whole);
            // Its name is that of no other: one that ends this process can be read afterwards.
            string path = Path.Combine(folder, $"{i}.{extension}");
            var outcome = outcomes[extension];
            var clock = Stopwatch.StartNew();
            try
            {
                Look(bytes, path);
                outcome.Read++;
            }
            catch (McdmException error)
            {
                outcome.Refused[error.Id] = outcome.Refused.GetValueOrDefault(error.Id) + 1;
            }
            catch (Exception error)
            {
                outcome.Others++;
                Keep(bytes, kept, $"{i}.{extension}");
                AnsiConsole.WriteLine($"{i}.{extension}: {error}");
            }
            if (clock.Elapsed > outcome.Longest) { (outcome.Longest, outcome.Slowest) = (clock.Elapsed, bytes); }
        }
        Directory.Delete(folder, recursive: true);
        process.Refresh();

        var table = new Table().Title($"{count} damaged pictures").AddColumns("format", "read", "refused", "by", "other exceptions", "longest");
        foreach (var (extension, outcome) in outcomes)
        {
            table.AddRow(extension, $"{outcome.Read}", $"{outcome.Refused.Values.Sum()}", string.Join(", ", outcome.Refused.OrderByDescending(entry => entry.Value).Select(entry => $"{entry.Key} {entry.Value}")), $"{outcome.Others}", $"{outcome.Longest.TotalMilliseconds:0} ms");
            Keep(outcome.Slowest, kept, $"slowest.{extension}");
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"Peak memory {process.PeakWorkingSet64 / Megabyte:0} MB, {before:0} MB before the first. The slowest files, and those with other exceptions, are in {kept}.");
        return outcomes.Values.All(outcome => outcome.Others == 0) ? 0 : 1;
    }

    private static void Look(byte[] bytes, string path)
    {
        File.WriteAllBytes(path, bytes);
        try
        {
            PictureFile.SizeOf(path);
        }
        catch (McdmException)
        {
            // Reading it says the same, or more.
        }
        var condition = Condition.FromSketch(PictureFile.Read(path, _ => { }), source: path);
        new SketchEncoder(Side, Side).Encode(condition, _ => { }).Tensor.Dispose();
        PngFile.ReadText(path);
        File.Delete(path);
    }

    private static void Keep(byte[] bytes, string folder, string name)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    private sealed class Outcome
    {
        public int Read { get; set; }

        public Dictionary<string, int> Refused { get; } = [];

        public int Others { get; set; }

        public TimeSpan Longest { get; set; }

        public byte[] Slowest { get; set; } = [];
    }
}
