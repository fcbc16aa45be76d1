using Mcdm.Runtime;
using Mcdm.Weights;

namespace Mcdm.Layers.Frozen;

/// <summary>
/// Weights that may leave memory while nobody computes with them, and are read again from their files when they are used next: those of encoders, which a run
/// needs at its beginning alone.
/// </summary>
internal sealed class OffloadableWeights : IDisposable
{
    private readonly object _gate = new();
    private readonly Func<IWeights, FrozenWeights> _read;
    private readonly Func<IWeights>? _again;
    private FrozenWeights? _weights;
    private IWeights? _reopened;

    /// <param name="source">Where they are read from at first; stays the caller's.</param>
    /// <param name="read">Reads them.</param>
    /// <param name="again">Opens the same once more; null where they stay in memory.</param>
    public OffloadableWeights(IWeights source, Func<IWeights, FrozenWeights> read, Func<IWeights>? again) =>
        (_read, _again, _weights) = (read, again, read(source));

    /// <summary>Computes with the weights, which are read before where they are not in memory: then one thread at a time does.</summary>
    /// <exception cref="McdmException">They cannot be read again.</exception>
    public TResult Use<TResult>(Func<FrozenWeights, TResult> use)
    {
        if (_again is null) { return use(_weights!); }
        lock (_gate) { return use(_weights ??= _read(_reopened = _again())); }
    }

    /// <summary>Frees their memory until they are used next, where they may leave it.</summary>
    /// <returns>The bytes that were freed.</returns>
    public long Offload()
    {
        if (_again is null) { return 0; }
        lock (_gate)
        {
            if (_weights is null) { return 0; }
            long freed = _weights.Bytes;
            Dispose();
            NativeMemory.GiveBackFreedBlocks();
            return freed;
        }
    }

    /// <summary>Frees their memory.</summary>
    public void Dispose()
    {
        _weights?.Dispose();
        _reopened?.Dispose();
        (_weights, _reopened) = (null, null);
    }
}
