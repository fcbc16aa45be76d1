using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>Shape of a <see cref="ControlNetModel"/>: that of the U-Net that it belongs to, without a way up.</summary>
internal record ControlNetOptions : TransformerOptions
{
    public override string ClassName => nameof(ControlNetModel);

    public PerLevel? NumAttentionHeads { get; init; }

    /// <summary>Channels of the layers that shrink the picture; each after the first halves its sides.</summary>
    public IReadOnlyList<int> ConditioningEmbeddingOutChannels { get; init; } = [16, 32, 96, 256];

    /// <summary>Channels of the picture.</summary>
    public int ConditioningChannels { get; init; } = 3;

    /// <summary>Whether red or blue comes first in the pictures that it was trained on.</summary>
    public string? ControlnetConditioningChannelOrder { get; init; } = "rgb";

    /// <summary>Whether residuals are averaged over their places (the ControlNet that shuffles).</summary>
    public bool GlobalPoolConditions { get; init; }

    /// <summary>Pixels of the picture along each side of one place of the latents.</summary>
    public int PictureFactor => 1 << (ConditioningEmbeddingOutChannels.Count - 1);

    /// <inheritdoc/>
    public override bool IsMiddleShort => MidBlockType == "UNetMidBlock2D";

    public override int TimeChannels => 4 * BlockOutChannels[0];

    protected override (PerLevel Number, string Property) Heads => NumAttentionHeads is { } heads ? (heads, nameof(NumAttentionHeads)) : base.Heads;
}
