using System.Globalization;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>The most memory that this process held since it was asked to begin counting; Linux alone counts so.</summary>
internal static class PeakMemory
{
    private const string ResetPeak = "5";

    public static void Begin() => File.WriteAllText("/proc/self/clear_refs", ResetPeak);

    /// <summary>In bytes.</summary>
    public static double Read() => Kilobytes("VmHWM:") * 1024;

    private static double Kilobytes(string key) =>
        double.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
