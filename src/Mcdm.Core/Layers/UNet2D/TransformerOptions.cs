using Mcdm.Layers.Frozen;

namespace Mcdm.Layers.UNet2D;

/// <summary>What a U-Net that reads a context and its ControlNets have in common.</summary>
internal abstract record TransformerOptions : UNetShape
{
    private const string Attending = "CrossAttnDownBlock2D";
    private const int MaxDepth = 64;

    protected TransformerOptions()
    {
        (InChannels, OutChannels, BlockOutChannels, MidBlockType) = (4, 4, [320, 640, 1280, 1280], "UNetMidBlock2DCrossAttn");
        DownBlockTypes = [Attending, Attending, Attending, "DownBlock2D"];
    }

    /// <summary>Here the number of heads, whatever its name says.</summary>
    public PerLevel AttentionHeadDim { get; init; } = 8;

    /// <summary>Width of a token of the context.</summary>
    public PerLevel CrossAttentionDim { get; init; } = 1280;

    /// <summary>Transformer blocks one after another at each place.</summary>
    public int TransformerLayersPerBlock { get; init; } = 1;

    /// <summary>Whether the projections before and after are linear (SD2) or convolutions (SD1).</summary>
    public bool UseLinearProjection { get; init; }

    public int ContextChannels => CrossAttentionDim.At(0);

    /// <summary>Heads of each level, and the property that says how many.</summary>
    protected virtual (PerLevel Number, string Property) Heads => (AttentionHeadDim, nameof(AttentionHeadDim));

    /// <summary>Builds the transformer of a level.</summary>
    public ISpatialAttention Attention(FrozenWeights weights, int level) =>
        new Transformer2DModel(weights, BlockOutChannels[level], Heads.Number.At(level), this);

    public override IEnumerable<Rule> Rules()
    {
        foreach (var rule in base.Rules()) { yield return rule; }
        yield return new(TransformerLayersPerBlock <= MaxDepth, nameof(TransformerLayersPerBlock), $"a number up to {MaxDepth}");
        yield return ForEach(Heads.Number, Heads.Property);
        yield return new(Heads.Number.For(Levels).Zip(BlockOutChannels).All(level => level.First <= level.Second), Heads.Property,
            "a number of heads that is not above the number of channels");
        yield return ForEach(CrossAttentionDim, nameof(CrossAttentionDim));
        yield return new(CrossAttentionDim.For(Levels).Distinct().Count() == 1, nameof(CrossAttentionDim), "one number for all levels", IsOurs: true);
    }
}
