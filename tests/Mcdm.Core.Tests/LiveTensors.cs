using static TorchSharp.torch;

namespace Mcdm.Core.Tests;

/// <summary>Counts the tensors that native memory is held for.</summary>
internal static class LiveTensors
{
    /// <summary>How many tensors an action leaves behind when it runs a second time; the first may fill what is kept.</summary>
    public static long LeftBy(Action action)
    {
        action();
        // Earlier tests leave tensors to the collector: were they to go while this counts, they would hide what is left.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        action();
        return Tensor.TotalCount - before;
    }

    /// <summary>How many tensors an action leaves to the garbage collector, whose memory nothing frees before it comes by.</summary>
    public static long LeftToTheCollectorBy(Action action)
    {
        action();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        action();
        long before = Tensor.TotalCount;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return before - Tensor.TotalCount;
    }
}
