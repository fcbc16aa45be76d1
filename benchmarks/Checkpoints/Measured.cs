using System.Diagnostics;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>Time and memory of some work.</summary>
internal static class Measured
{
    /// <summary>Seconds, processor seconds and bytes of memory at most; the best of some runs.</summary>
    public static (double Wall, double Processor, double Peak) Best(int runs, Action work)
    {
        var process = Process.GetCurrentProcess();
        double wall = double.MaxValue, used = double.MaxValue, peak = 0;
        for (int run = 0; run < runs; run++)
        {
            using var scope = NewDisposeScope();
            NativeMemory.GiveBackFreedBlocks();
            using var memory = new PeakMemory();
            process.Refresh();
            var before = process.TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            work();
            wall = Math.Min(wall, clock.Elapsed.TotalSeconds);
            process.Refresh();
            used = Math.Min(used, (process.TotalProcessorTime - before).TotalSeconds);
            peak = Math.Max(peak, memory.Read());
        }
        return (wall, used, peak);
    }
}
