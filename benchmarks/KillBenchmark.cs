using Mcdm.Sampling;
using Spectre.Console;

namespace Mcdm.Benchmarks;

/// <summary>Does a batch survive what no program can catch? Killed again and again at random moments, and started again.</summary>
internal static class KillBenchmark
{
    public static int Run(int rows, int kills, int steps, int seed)
    {
        string folder = Directory.CreateTempSubdirectory("mcdm-kill-").FullName, output = Path.Combine(folder, "out"), jobs = Path.Combine(folder, "jobs.csv");
        try
        {
            Directory.CreateDirectory(output);
            File.WriteAllLines(jobs, Enumerable.Range(1, rows).Select(row => $"r{row},this person has black hair,{row},2").Prepend("Name,Text,Seed,Count"));
            var random = new Random(seed);
            var whole = new Dictionary<string, DateTime>();
            int killed = 0, runs = 0, changed = 0;
            while (true)
            {
                using var process = ShellScript.Start(Repository.File("examples/batch.ps1"), "-Jobs", jobs, "-Out", output, "-Steps", $"{steps}");
                process.OutputDataReceived += (_, _) => { };
                process.BeginOutputReadLine();
                runs++;
                // The first file of this run tells that it has come to sampling; from there on, any moment.
                while (killed < kills && !process.HasExited && Directory.GetFiles(output, "*.png").Length == whole.Count) { Thread.Sleep(5); }
                if (killed < kills && !process.WaitForExit(random.Next(0, 400)))
                {
                    process.Kill();
                    killed++;
                }
                process.WaitForExit();
                changed += whole.Count(file => File.GetLastWriteTimeUtc(file.Key) != file.Value);
                whole = Directory.GetFiles(output, "*.png").ToDictionary(file => file, File.GetLastWriteTimeUtc);
                Console.Error.WriteLine($"run {runs}: {whole.Count} of {2 * rows} pictures, {killed} times killed");
                if (process.ExitCode == 0) { break; }
            }
            var expected = Enumerable.Range(1, rows).SelectMany(row => new[] { $"r{row}-{row}", $"r{row}-{row + 1}" }).ToHashSet();
            int broken = whole.Keys.Count(file => !IsWhole(file));
            int missing = expected.Except(whole.Keys.Select(file => Path.GetFileNameWithoutExtension(file))).Count();
            AnsiConsole.Write(new Table().Title($"{rows} rows of two pictures, killed {killed} times")
                .AddColumns("runs", "pictures", "missing", "broken", "made twice", "other files left")
                .AddRow($"{runs}", $"{whole.Count}", $"{missing}", $"{broken}", $"{changed}", $"{Directory.GetFiles(output).Length - whole.Count}"));
            return killed == kills && missing + broken + changed == 0 && whole.Count == expected.Count ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsWhole(string file)
    {
        try
        {
            return McdmImage.FromFile(file) is { Width: 64, Recipe: { } recipe } && file.EndsWith($"-{recipe.Seed}.png", StringComparison.Ordinal);
        }
        catch (McdmException)
        {
            return false;
        }
    }
}
