using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Layers.UNet2D;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What no tensor of an original checkpoint tells; what is null has the value of all published models.</summary>
internal sealed record SingleFileHints
{
    /// <summary>
    /// Heads of the U-Net's or ControlNet's attention: one number, or one for each level. Published: 8 in Stable Diffusion 1, a head for 64 channels in
    /// 2.
    /// </summary>
    public IReadOnlyList<int>? Heads { get; init; }

    /// <summary>Channels of one head, where <see cref="Heads"/> is null.</summary>
    public int? HeadChannels { get; init; }

    /// <summary>Channels of the sines and cosines of each size that Stable Diffusion XL is told. Published: 256.</summary>
    public int? SizeChannels { get; init; }

    /// <summary>The shape of the U-Net that a ControlNet is for, which is its own where no tensor tells it; null where that is not known.</summary>
    public TransformerOptions? Like { get; init; }

    /// <summary>Groups of the U-Net's or ControlNet's normalisations. Published: 32.</summary>
    public int? Groups { get; init; }

    /// <summary>Groups of the autoencoder's normalisations. Published: 32.</summary>
    public int? AutoencoderGroups { get; init; }

    /// <summary>Heads of each text encoder. Published: one for 64 channels.</summary>
    public IReadOnlyList<int>? TextHeads { get; init; }

    /// <summary>By what latents are multiplied. Published: 0.18215, and 0.13025 of Stable Diffusion XL.</summary>
    public double? ScalingFactor { get; init; }

    /// <summary>What the U-Net predicts; null where it must be found out.</summary>
    public PredictionKind? Prediction { get; init; }

    /// <summary>Who says what it predicts.</summary>
    public string PredictionBy { get; init; } = "-Prediction";

    /// <summary>The noise schedule; null for that of all published models.</summary>
    public ScheduleDescription? Schedule { get; init; }

    /// <summary>Whether a ControlNet's residuals are averaged over their places; null where nothing says it.</summary>
    public bool? GlobalPool { get; init; }

    /// <summary>What a configuration says and is not read, in a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether weights averaged over training are taken; null for yes where the file holds them for the whole U-Net.</summary>
    public bool? Average { get; init; }
}
