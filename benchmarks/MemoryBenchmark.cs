using System.Globalization;
using Spectre.Console;

namespace Mcdm.Benchmarks;

/// <summary>Does a long run keep its memory? Thousands of rows through one pipeline in one process.</summary>
internal static class MemoryBenchmark
{
    private const double Megabyte = 1e6;
    private const int FirstLook = 200;

    private const string Script = """
        param([string] $Manifest, [int] $Rows, [int] $Steps, [string] $Look, [string] $Inputs, [string] $Out)
        Import-Module $Manifest
        $looks = [int[]] ($Look -split ',')
        $null = Import-McdmModel Faces
        $made = 0
        1..$Rows | ForEach-Object {
            [pscustomobject]@{
                Text = if ($_ % 3) { "this person has black hair, number $_" }
                Sketch = if ($_ % 2) { "$Inputs/sketch.png" }
                Segment = if ($_ % 5 -eq 0) { "$Inputs/mask.png" }
                Seed = $_
            }
        } | Invoke-McdmSample -Steps $Steps | Save-McdmImage $Out | ForEach-Object {
            if (++$made -in $looks) { "$made $([System.Diagnostics.Process]::GetCurrentProcess().WorkingSet64)" }
        }
        """;

    public static int Run(int rows, int steps)
    {
        string folder = Directory.CreateTempSubdirectory("mcdm-memory-").FullName;
        try
        {
            string script = Path.Combine(folder, "rows.ps1");
            File.WriteAllText(script, Script);
            int[] looks = [FirstLook, .. Enumerable.Range(1, 4).Select(quarter => rows * quarter / 4)];
            using var process = ShellScript.Start(script, "-Manifest", Repository.File("Mcdm.psd1"), "-Rows", $"{rows}", "-Steps", $"{steps}", "-Look", string.Join(',', looks), "-Inputs", Repository.File("examples/inputs"), "-Out", Path.Combine(folder, "out"));
            var sizes = new Dictionary<int, double>();
            while (process.StandardOutput.ReadLine() is { } line)
            {
                if (line.Split(' ') is [var row, var bytes]) { sizes[int.Parse(row, CultureInfo.InvariantCulture)] = double.Parse(bytes, CultureInfo.InvariantCulture) / Megabyte; }
            }
            process.WaitForExit();
            var table = new Table().Title($"{rows} rows through one process, {steps} steps each").AddColumns("after row", "memory", $"against row {FirstLook}");
            foreach (int look in looks.Where(sizes.ContainsKey)) { table.AddRow($"{look}", $"{sizes[look]:0} MB", $"{100 * (sizes[look] / sizes[FirstLook] - 1):+0.0;-0.0} %"); }
            AnsiConsole.Write(table);
            return process.ExitCode == 0 && sizes.ContainsKey(rows) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
