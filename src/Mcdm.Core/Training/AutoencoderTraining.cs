using Mcdm.Families.Own.Networks;

namespace Mcdm.Training;

/// <summary>How an autoencoder is trained, beside what all training has.</summary>
public sealed record AutoencoderTraining
{
    /// <summary>Shape of the autoencoder.</summary>
    public AutoencoderOptions Network { get; init; } = new();

    /// <summary>Side in pixels of the squares cut out of the pictures at random.</summary>
    public int CropSize { get; init; } = 64;

    /// <summary>
    /// Standard deviation of the noise that is added to the raw latents (which lie inside ±3) before they are decoded: more makes latents smoother, in which
    /// experts learn faster, and pictures less exact.
    /// </summary>
    public double LatentNoise { get; init; } = 0.35;

    /// <summary>Train the decoder of a space alone: the latents stay what they are.</summary>
    public bool DecoderOnly { get; init; }
}
