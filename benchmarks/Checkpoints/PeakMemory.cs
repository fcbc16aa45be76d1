using System.Globalization;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>The most memory that this process holds while this lives, in use and swapped out, looked at every few milliseconds; Linux alone tells it.</summary>
internal sealed class PeakMemory : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(10);

    private readonly Timer _timer;
    private long _peak;

    public PeakMemory() => _timer = new Timer(_ => Look(), null, TimeSpan.Zero, s_period);

    /// <summary>In bytes.</summary>
    public double Read()
    {
        Look();
        return Interlocked.Read(ref _peak);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long now = Bytes("VmRSS:") + Bytes("VmSwap:");
        long before;
        while ((before = Interlocked.Read(ref _peak)) < now && Interlocked.CompareExchange(ref _peak, now, before) != before) { }
    }

    private static long Bytes(string key) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
