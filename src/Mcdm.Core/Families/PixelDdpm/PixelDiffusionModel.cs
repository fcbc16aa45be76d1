using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Shared;
using Mcdm.Layers.Frozen;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Families.PixelDdpm;

/// <summary>A U-Net of diffusers that makes pictures from noise alone (a DDPM pipeline, or the network's folder), as a model with ε_u.</summary>
internal static class PixelDiffusionModel
{
    /// <summary>Reads it.</summary>
    /// <param name="folder">The pipeline's folder, or the network's.</param>
    /// <param name="options">Which variant of the weights is wanted, and how they lie in memory.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="type">What it computes in.</param>
    /// <exception cref="McdmException">A part is missing, or is of a kind that is not run.</exception>
    public static Model Read(string folder, ImportOptions options, Device device, ScalarType type)
    {
        string network = File.Exists(Path.Combine(folder, DiffusersFolder.ConfigFile)) ? folder : Path.Combine(folder, "unet");
        var config = JsonConfig.Read(Path.Combine(network, DiffusersFolder.ConfigFile));
        var shape = config.As<UNet2DOptions>();
        string schedule = Path.Combine(folder, "scheduler", SchedulerConfig.FileName);
        var scheduler = SchedulerConfig.Read(File.Exists(schedule) ? schedule : Path.Combine(network, SchedulerConfig.FileName));
        if (shape.InChannels != PictureChannels || shape.OutChannels != PictureChannels)
        {
            throw config.Unsupported("in_channels", "3 in and 3 out: pictures of red, green and blue");
        }
        int size = shape.SampleSize ?? UsualSize;
        using var weights = NetworkWeights.Open(network, options.Variant);
        var frozen = new FrozenWeights(weights, device, type, options.Storage);
        try
        {
            var space = new LatentSpace(PictureChannels, size, size, new VariancePreserving(scheduler.Schedule));
            var expert = new PixelExpert(space, scheduler.Prediction, new UNet2DModel(frozen, shape), frozen)
            {
                Sha256 = options.Storage.Mark(WeightFingerprint.Of(weights)),
            };
            return new Model(ModelName.Of(folder), [expert], folder)
            {
                Sampling = scheduler.Sampling,
                Notes = scheduler.Notes,
                Warnings = [.. UnreadKeys.Warnings(config, shape.ClassName), .. scheduler.Warnings, .. FileMetadata.Warnings(weights)],
            };
        }
        catch
        {
            frozen.Dispose();
            throw;
        }
    }

    private const int PictureChannels = 3, UsualSize = 256;
}
