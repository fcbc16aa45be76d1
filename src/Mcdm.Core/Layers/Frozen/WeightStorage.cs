using Mcdm.Weights;

namespace Mcdm.Layers.Frozen;

/// <summary>How a network's weights lie in memory.</summary>
public enum WeightStorage
{
    /// <summary>As they are computed with.</summary>
    Computed,

    /// <summary>
    /// Those of linear layers and convolutions in 8 bits, with a factor for each output channel; each is widened while its layer runs. A quarter of what
    /// float32 takes, and slower.
    /// </summary>
    Int8,
}

/// <summary>What storage makes of weights.</summary>
internal static class WeightStorages
{
    /// <summary>What tells weights that lie so from others: those that are rounded give other pictures.</summary>
    /// <param name="storage">How they lie.</param>
    /// <param name="fingerprint">That of the file.</param>
    public static string Mark(this WeightStorage storage, string fingerprint) =>
        storage == WeightStorage.Computed ? fingerprint : WeightFingerprint.Join(fingerprint, $"{storage}");
}
