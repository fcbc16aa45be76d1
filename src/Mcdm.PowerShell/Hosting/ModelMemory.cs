using Mcdm.Layers.Frozen;
using Mcdm.Registries;
using Mcdm.Runtime;
using static System.FormattableString;

namespace Mcdm.PowerShell.Hosting;

/// <summary>Whether this machine has memory for a model's weights; what a network computes with comes on top.</summary>
internal static class ModelMemory
{
    /// <summary>Refuses weights that main memory does not hold.</summary>
    /// <param name="paths">The model's folders and files.</param>
    /// <param name="device">Where it will compute; of other devices nothing is known here.</param>
    /// <param name="precision">The arithmetic it will compute in.</param>
    /// <param name="storage">How its weights will lie in memory.</param>
    /// <exception cref="McdmException"><c>ModelMemory</c>.</exception>
    public static void Require(IReadOnlyList<string> paths, ComputeDevice device, Precision precision, WeightStorage storage)
    {
        if (device.Kind != "cpu") { return; }
        long needed;
        try
        {
            int bytes = storage == WeightStorage.Int8 ? 1 : precision.On(device) == TorchSharp.torch.ScalarType.BFloat16 ? 2 : 4;
            needed = paths.Sum(path => ModelFiles.At(path).Memory(bytes));
        }
        catch (McdmException)
        {
            // Reading it says what is wrong with it.
            return;
        }
        long free = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        if (needed <= free) { return; }
        throw new McdmException("ModelMemory", ErrorKind.LimitsExceeded,
            Invariant($"The weights of '{string.Join("', '", paths)}' take {needed / 1e9:0.0} GB, and {free / 1e9:0.0} GB are free here. ") +
            "-Precision BFloat16 takes half of what Float32 does, -Storage Int8 a quarter where the model is of others; -Force tries nevertheless.");
    }
}
