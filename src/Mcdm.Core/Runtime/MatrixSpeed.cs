using System.Collections.Concurrent;
using System.Diagnostics;
using static TorchSharp.torch;

namespace Mcdm.Runtime;

/// <summary>How fast a device multiplies matrices, measured once in a process: it takes some hundredths of a second.</summary>
internal static class MatrixSpeed
{
    private const int Side = 1024, Times = 3;

    private static readonly ConcurrentDictionary<(string Device, ScalarType Type), double> s_measured = [];

    /// <summary>Multiplications a second.</summary>
    /// <param name="device">The device.</param>
    /// <param name="type">The arithmetic.</param>
    public static double Of(Device device, ScalarType type) => s_measured.GetOrAdd((device.ToString(), type), _ => Measure(device, type));

    private static double Measure(Device device, ScalarType type)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var matrix = ones([Side, Side], type, device);
        double best = double.MaxValue;
        for (int time = 0; time <= Times; time++)
        {
            var clock = Stopwatch.StartNew();
            // Reading a number waits for the device.
            _ = matrix.matmul(matrix)[0, 0].to(ScalarType.Float32).item<float>();
            // The first starts the device's threads.
            if (time > 0) { best = Math.Min(best, clock.Elapsed.TotalSeconds); }
        }
        return Math.Pow(Side, 3) / best;
    }
}
