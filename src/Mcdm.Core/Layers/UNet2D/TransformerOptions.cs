using Mcdm.Layers.Frozen;

namespace Mcdm.Layers.UNet2D;

/// <summary>The transformers of a U-Net that reads a context.</summary>
internal sealed record TransformerOptions
{
    /// <summary>Heads at each level, from the finest.</summary>
    public required IReadOnlyList<int> Heads { get; init; }

    /// <summary>Width of a token of the context.</summary>
    public required int ContextChannels { get; init; }

    /// <summary>Transformer blocks one after another at each place.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>Whether the projections before and after are linear (SD2) or convolutions (SD1).</summary>
    public bool LinearProjection { get; init; }

    /// <summary>Groups of their normalisation.</summary>
    public required int Groups { get; init; }

    /// <summary>Builds the transformer of a level.</summary>
    public Transformer2DModel Create(FrozenWeights weights, int level, long channels) => new(weights, channels, Heads[level], this);
}
