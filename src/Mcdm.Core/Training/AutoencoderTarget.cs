using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Families.Own.Networks;

namespace Mcdm.Training;

/// <summary>An autoencoder; in a space, that space's decoder alone.</summary>
public sealed record AutoencoderTarget : TrainingTarget
{
    private const int UsualSize = 128;
    /// <summary>Standard deviation of the noise added to the latents.</summary>
    public double LatentNoise { get; init; } = new AutoencoderTraining().LatentNoise;

    /// <summary>Channels of the latents.</summary>
    public int LatentChannels { get; init; } = new AutoencoderOptions().LatentChannels;

    /// <summary>Pixels along each side of one latent.</summary>
    public int Factor { get; init; } = new AutoencoderOptions().Factor;

    /// <summary>Side in pixels of the squares that are learnt from.</summary>
    public int CropSize { get; init; } = new AutoencoderTraining().CropSize;

    /// <inheritdoc/>
    public override TrainingOptions Options(TrainingOptions settings) => settings with
    {
        ImageSize = ImageSize ?? Space?.ImageSize ?? UsualSize,
        Prediction = PredictionKind.Sample,
        LossFloor = UsualLossFloor,
        Codec = Space?.Identity,
        Factor = Space?.Factor ?? 1,
        Autoencoder = new AutoencoderTraining
        {
            Network = Space?.Options
                ?? new AutoencoderOptions { LatentChannels = LatentChannels, Factor = Factor, Width = Channels?[0] ?? new AutoencoderOptions().Width },
            CropSize = CropSize,
            LatentNoise = LatentNoise,
            DecoderOnly = Space is not null,
        },
    };

    /// <inheritdoc/>
    public override string Describe(TrainingOptions options) => options.Autoencoder!.DecoderOnly ? "a decoder" : "an autoencoder";

    internal override Objective Objective(PictureDataset dataset, TrainingOptions options, PictureDataset? heldOut) =>
        new AutoencoderObjective(dataset, options, Space);
}
