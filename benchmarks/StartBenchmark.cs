using System.Globalization;
using Spectre.Console;

namespace Mcdm.Benchmarks;

/// <summary>What people wait for from the shell's start to their first picture, in shells of their own.</summary>
internal static class StartBenchmark
{
    /// <summary>Writes a line for each part: what it was, milliseconds, and milliseconds of them that .NET compiled in, on all threads.</summary>
    private const string Script = """
        $last = [System.Diagnostics.Process]::GetCurrentProcess().StartTime; $compiled = 0.0
        function Lap($What) {
            $now = [datetime]::Now; $jit = [System.Runtime.JitInfo]::GetCompilationTime().TotalMilliseconds
            [string]::Format([cultureinfo]::InvariantCulture, '{0}|{1:0}|{2:0}', $What, ($now - $script:last).TotalMilliseconds, $jit - $script:compiled)
            $script:last = [datetime]::Now; $script:compiled = $jit
        }
        Lap 'PowerShell itself'
        Import-Module ./Mcdm.psd1; Lap 'Import-Module'
        [Mcdm.Runtime.Engine]::Start(); Lap 'libtorch'
        $model = Import-McdmModel Faces; Lap 'Import-McdmModel'
        $picture = $model | Invoke-McdmSample -Text 'a person with black hair'; Lap 'the first picture'
        $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid()))).FullName
        $null = $picture | Save-McdmImage -Path $folder; Lap 'saving it'
        $picture = $model | Invoke-McdmSample -Text 'a person with black hair'; Lap 'the next picture'
        Remove-Item -Recurse $folder
        """;

    public static int Run(int runs)
    {
        var laps = Enumerable.Range(0, runs).SelectMany(_ => Laps()).GroupBy(lap => lap.What).ToList();
        var table = new Table().Title($"{Runtime.Processor.Kind}, {Runtime.Processor.Cores} cores, medians of {runs} shells, ms").AddColumns("what", "time", "of which .NET compiles");
        foreach (var lap in laps) { table.AddRow(lap.Key, $"{Median(lap.Select(one => one.Time)):0}", $"{Median(lap.Select(one => one.Compiled)):0}"); }
        AnsiConsole.Write(table);
        return laps.Count > 0 ? 0 : 1;
    }

    private static IEnumerable<(string What, double Time, double Compiled)> Laps()
    {
        using var shell = ShellScript.Start("-Command", Script);
        while (shell.StandardOutput.ReadLine() is { } line)
        {
            string[] parts = line.Split('|');
            if (parts.Length == 3) { yield return (parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture)); }
        }
        shell.WaitForExit();
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
