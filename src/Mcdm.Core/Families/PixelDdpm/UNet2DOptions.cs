using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.PixelDdpm;

/// <summary>Shape of a <see cref="UNet2DModel"/>.</summary>
internal sealed record UNet2DOptions
{
    /// <summary>Its levels.</summary>
    public required UNetShape Shape { get; init; }

    /// <summary>Channels of the prediction.</summary>
    public int OutputChannels { get; init; } = 3;

    /// <summary>Channels of one head of attention; null for a single head.</summary>
    public int? HeadChannels { get; init; } = 8;

    /// <summary>Whether the middle has attention.</summary>
    public bool MiddleAttention { get; init; } = true;

    /// <summary>Groups of the normalisation in the middle's attention; null for none.</summary>
    public int? MiddleAttentionGroups { get; init; } = 32;
}
