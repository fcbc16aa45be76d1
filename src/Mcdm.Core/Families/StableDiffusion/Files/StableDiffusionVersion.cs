using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The versions of Stable Diffusion whose networks are of one kind, and what no file of theirs says.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="ContextWidth">Numbers that its U-Net reads of each token.</param>
/// <param name="Architecture">How its modelspec.architecture begins.</param>
/// <param name="Trainer">How its ss_base_model_version begins.</param>
internal sealed record StableDiffusionVersion(string Name, int ContextWidth, string Architecture, string Trainer)
{
    /// <summary>1.x.</summary>
    public static StableDiffusionVersion One { get; } = new("Stable Diffusion 1.x", 768, "stable-diffusion-v1", "sd_v1");

    /// <summary>2.x.</summary>
    public static StableDiffusionVersion Two { get; } = new("Stable Diffusion 2.x", 1024, "stable-diffusion-v2", "sd_v2");

    /// <summary>XL.</summary>
    public static StableDiffusionVersion XL { get; } = new("Stable Diffusion XL", 2048, "stable-diffusion-xl", "sdxl")
    {
        SampleSize = 128,
        ScalingFactor = 0.13025,
        TextLayer = 2,
        NormalizesText = false,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StableDiffusionVersion> All { get; } = [One, Two, XL];

    /// <summary>Side of the latents that it was trained with.</summary>
    public int SampleSize { get; init; } = LatentDiffusionFiles.UsualSampleSize;

    /// <summary>By what its latents are multiplied.</summary>
    public double ScalingFactor { get; init; } = 0.18215;

    /// <summary>The layer of a text encoder that its U-Net reads, from the end: 1 is the last.</summary>
    public int TextLayer { get; init; } = 1;

    /// <summary>Whether what that layer gives is normalised as the last layer's is.</summary>
    public bool NormalizesText { get; init; } = true;

    /// <summary>The version of a U-Net or ControlNet of some shape.</summary>
    public static StableDiffusionVersion Of(TransformerOptions options) =>
        options.TextTime is not null ? XL : options.UseLinearProjection ? Two : One;

    /// <summary>The version whose tokens have a width; null for that of none.</summary>
    public static StableDiffusionVersion? OfWidth(long width) => All.FirstOrDefault(version => version.ContextWidth == width);
}
