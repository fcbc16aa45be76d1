using System.Globalization;
using Spectre.Console;

namespace Mcdm.Benchmarks.Fuzz;

/// <summary>Thousands of damaged model files through what an import does: is each read, or refused with a clear error?</summary>
internal static class ModelFuzzBenchmark
{
    private const double Megabyte = 1e6;

    public static int Run(int count, int seed, string checkpoints, string[] formats)
    {
        var seeds = ModelSeeds.Below(checkpoints).Where(file => formats.Length == 0 || formats.Contains(file.Format)).ToList();
        if (seeds.Count == 0)
        {
            AnsiConsole.WriteLine($"There are no models in {checkpoints} to damage.");
            return 1;
        }
        string kept = Repository.File("out/fuzz");
        Directory.CreateDirectory(kept);
        using var fuzz = new ModelFuzz(seeds, seed);
        fuzz.Run(count, (name, bytes, problem) =>
        {
            File.WriteAllBytes(Path.Combine(kept, name), bytes);
            AnsiConsole.WriteLine($"{name}: {problem}");
        });
        var table = new Table().Title($"{count} damaged model files, of {seeds.Count}").AddColumns("format", "read", "refused", "by", "failed", "longest", "most memory");
        foreach (var (format, outcome) in fuzz.Formats)
        {
            string by = string.Join(", ", outcome.Refused.OrderByDescending(entry => entry.Value).Select(entry => $"{entry.Key} {entry.Value}"));
            table.AddRow(format, $"{outcome.Read}", $"{outcome.Refused.Values.Sum()}", by, $"{outcome.Failed}", $"{outcome.Longest.TotalMilliseconds:0} ms", string.Create(CultureInfo.InvariantCulture, $"{outcome.Largest / Megabyte:0.0} MB"));
        }
        AnsiConsole.Write(table);
        return fuzz.Formats.Values.All(outcome => outcome.Failed == 0) ? 0 : 1;
    }
}
