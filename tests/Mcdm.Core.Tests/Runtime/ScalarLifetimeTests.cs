using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Runtime;

public sealed class ScalarLifetimeTests
{
    /// <summary>Without the copy of TorchSharp that build/KeepScalarsAlive.cs makes, the process fails within the first thousand calls.</summary>
    [Fact]
    public void Numbers_in_formulas_survive_garbage_collection()
    {
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            using var x = linspace(0.5, 1.5, 100);
            for (int i = 0; i < 20_000; i++)
            {
                using var scope = NewDisposeScope();
                double a = 1.0 / (1 + i % 7);
                var y = (a * x + a).pow(a).clamp(-1e9, 1e9).add_(x, a);
                Assert.Equal(Math.Pow(1.5 * a, a) + 0.5 * a, y[0].ToDouble(), 4);
            }
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }
}
