using Mcdm.Layers.Frozen;

namespace Mcdm.Layers.UNet2D;

/// <summary>What a U-Net that reads a context and its ControlNets have in common.</summary>
internal abstract record TransformerOptions : UNetShape
{
    private const string Attending = "CrossAttnDownBlock2D";
    private const int MaxDepth = 64, Sizes = 6;

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
    public PerLevel TransformerLayersPerBlock { get; init; } = 1;

    /// <summary>Whether more than the time is told with the time: <c>text_time</c>, or null for no more.</summary>
    public string? AdditionEmbedType { get; init; }

    /// <summary>Channels of the sines and cosines of each size that is told with the time.</summary>
    public int? AdditionTimeEmbedDim { get; init; }

    /// <summary>Numbers that are told with the time: a sentence's vector, then the sines and cosines of six sizes.</summary>
    public int? ProjectionClassEmbeddingsInputDim { get; init; }

    /// <summary>Whether the projections before and after are linear (SD2) or convolutions (SD1).</summary>
    public bool UseLinearProjection { get; init; }

    public int ContextChannels => CrossAttentionDim.At(0);

    /// <inheritdoc/>
    public override (int Input, int SizeChannels)? TextTime =>
        AdditionEmbedType is null ? null : (ProjectionClassEmbeddingsInputDim ?? 0, AdditionTimeEmbedDim ?? 0);

    /// <summary>Width of the sentence's vector that is told with the time; 0 where none is.</summary>
    public int PooledChannels => TextTime is var (input, sizeChannels) ? input - Sizes * sizeChannels : 0;

    /// <summary>Heads of each level, and the property that says how many.</summary>
    protected virtual (PerLevel Number, string Property) Heads => (AttentionHeadDim, nameof(AttentionHeadDim));

    /// <summary>Builds the transformer of a level.</summary>
    public ISpatialAttention Attention(FrozenWeights weights, int level) =>
        new Transformer2DModel(weights, BlockOutChannels[level], Heads.Number.At(level), TransformerLayersPerBlock.At(level), this);

    /// <summary>Builds the transformer of the middle, which is as those of the coarsest level; null where it has none.</summary>
    public Func<FrozenWeights, ISpatialAttention>? MiddleAttention() =>
        MidBlockType == "UNetMidBlock2D" ? null : weights => Attention(weights, Levels - 1);

    public override IEnumerable<Rule> Rules()
    {
        foreach (var rule in base.Rules()) { yield return rule; }
        yield return ForEach(TransformerLayersPerBlock, nameof(TransformerLayersPerBlock), least: 0);
        yield return new(TransformerLayersPerBlock.For(Levels).All(depth => depth <= MaxDepth), nameof(TransformerLayersPerBlock), $"numbers up to {MaxDepth}");
        yield return new(AdditionEmbedType is null || AdditionTimeEmbedDim is not null, nameof(AdditionTimeEmbedDim), "a number of channels");
        yield return new(AdditionEmbedType is null || (ProjectionClassEmbeddingsInputDim is not null && PooledChannels > 0),
            nameof(ProjectionClassEmbeddingsInputDim), $"a number above {Sizes} times addition_time_embed_dim");
        yield return ForEach(Heads.Number, Heads.Property);
        yield return new(Heads.Number.For(Levels).Zip(BlockOutChannels).All(level => level.First <= level.Second), Heads.Property,
            "a number of heads that is not above the number of channels");
        yield return ForEach(CrossAttentionDim, nameof(CrossAttentionDim));
        yield return new(CrossAttentionDim.For(Levels).Distinct().Count() == 1, nameof(CrossAttentionDim), "one number for all levels", IsOurs: true);
    }
}
