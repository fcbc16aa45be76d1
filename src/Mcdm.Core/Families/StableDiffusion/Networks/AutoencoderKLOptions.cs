
namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>Shape of an <see cref="AutoencoderKL"/>, and how its latents are scaled for diffusion.</summary>
internal sealed record AutoencoderKLOptions
{
    /// <summary>Channels of a picture that goes in.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>Channels of a picture that comes out.</summary>
    public int OutputChannels { get; init; } = 3;

    /// <summary>Channels of the latents.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Channels at each level, from the finest; every level halves the sides of the one before.</summary>
    public required IReadOnlyList<int> Channels { get; init; }

    /// <summary>Residual blocks at each level of the encoder; the decoder has one more.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Groups of the normalisations.</summary>
    public int Groups { get; init; } = 32;

    /// <summary>Whether the coarsest level has attention.</summary>
    public bool MiddleAttention { get; init; } = true;

    /// <summary>Whether a convolution of one place follows the encoder.</summary>
    public bool QuantConvolution { get; init; } = true;

    /// <summary>Whether a convolution of one place precedes the decoder.</summary>
    public bool PostQuantConvolution { get; init; } = true;

    /// <summary>By what latents are multiplied, after the shift is taken off, for diffusion to see unit variance.</summary>
    public double ScalingFactor { get; init; } = 0.18215;

    /// <summary>What is taken off the latents before they are scaled.</summary>
    public double ShiftFactor { get; init; }

    /// <summary>Pixels along each side of one place of the latents.</summary>
    public int Factor => 1 << (Channels.Count - 1);
}
