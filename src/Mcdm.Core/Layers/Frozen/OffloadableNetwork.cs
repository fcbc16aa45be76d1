namespace Mcdm.Layers.Frozen;

/// <summary>A network over <see cref="OffloadableWeights"/>, built anew of those that were read again. Borrows them.</summary>
/// <typeparam name="T">The network.</typeparam>
internal sealed class OffloadableNetwork<T>
{
    private readonly OffloadableWeights? _weights;
    private readonly Func<FrozenWeights, T>? _build;
    private (FrozenWeights? Of, T Network) _built;

    /// <param name="weights">The weights, which several networks may share.</param>
    /// <param name="build">Builds the network.</param>
    /// <exception cref="McdmException">A tensor is missing, has another shape, or has no place.</exception>
    public OffloadableNetwork(OffloadableWeights weights, Func<FrozenWeights, T> build)
    {
        (_weights, _build) = (weights, build);
        _built = weights.Use(own => (own, build(own)));
    }

    /// <summary>One that stays in memory.</summary>
    public OffloadableNetwork(T network) => _built = (null, network);

    /// <summary>Computes with the network, whose weights are read before where they are not in memory.</summary>
    /// <exception cref="McdmException">They cannot be read again.</exception>
    public TResult Use<TResult>(Func<T, TResult> use) => _weights is null ? use(_built.Network) : _weights.Use(own =>
    {
        if (_built.Of != own) { _built = (own, _build!(own)); }
        return use(_built.Network);
    });

    /// <inheritdoc cref="OffloadableWeights.Offload"/>
    public long Offload() => _weights?.Offload() ?? 0;
}
