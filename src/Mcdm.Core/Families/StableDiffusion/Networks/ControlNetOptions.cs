using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>Shape of a <see cref="ControlNetModel"/>.</summary>
internal sealed record ControlNetOptions
{
    /// <summary>The levels of the U-Net that it belongs to; without a way up.</summary>
    public required UNetShape Shape { get; init; }

    /// <summary>Its transformers.</summary>
    public required TransformerOptions Transformers { get; init; }

    /// <summary>Channels of the layers that shrink the picture; each after the first halves its sides.</summary>
    public required IReadOnlyList<int> PictureFeatures { get; init; }

    /// <summary>Channels of the picture.</summary>
    public int PictureChannels { get; init; } = 3;

    /// <summary>Whether it was trained on pictures whose blue comes first.</summary>
    public bool BlueFirst { get; init; }

    /// <summary>Whether residuals are averaged over their places (the ControlNet that shuffles).</summary>
    public bool GlobalPool { get; init; }

    /// <summary>Pixels of the picture along each side of one place of the latents.</summary>
    public int PictureFactor => 1 << (PictureFeatures.Count - 1);
}
