using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>Shape of a <see cref="UNet2DConditionModel"/>.</summary>
internal sealed record UNet2DConditionOptions
{
    /// <summary>Its levels.</summary>
    public required UNetShape Shape { get; init; }

    /// <summary>Its transformers.</summary>
    public required TransformerOptions Transformers { get; init; }

    /// <summary>Channels of the prediction.</summary>
    public int OutputChannels { get; init; } = 4;
}
