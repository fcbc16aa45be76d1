using Mcdm.Experts;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Frozen;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// Decoders that a user gives beside a model: a tiny autoencoder's; a whole autoencoder in one file, in the names of the original programs or of diffusers; or
/// a folder of diffusers, an autoencoder's or a pipeline's with one.
/// </summary>
internal static class DecoderFile
{
    /// <summary>What other programs look for beside a checkpoint: an autoencoder that is to be used in place of its own.</summary>
    private static readonly string[] s_beside = [".vae.pt", ".vae.safetensors", ".vae.ckpt"];

    /// <summary>The autoencoder that lies beside a checkpoint under its name; null for none.</summary>
    public static string? Beside(string checkpoint) => s_beside.Select(ending => Path.ChangeExtension(checkpoint, null) + ending).FirstOrDefault(File.Exists);

    /// <summary>The decoder, for a model's latents.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="codec">The model's own codec.</param>
    /// <param name="own">The model's autoencoder.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="type">What it computes in; a tiny one computes in float32.</param>
    /// <param name="hints">What no tensor of a single file tells; null for what is published.</param>
    /// <exception cref="McdmException"><c>DecoderMismatch</c>: it is of other latents; <c>DecoderUnknown</c>: it is none; or it cannot be read.</exception>
    public static ILatentDecoder Open(string path, LatentCodec codec, AutoencoderKLOptions own, Device device, ScalarType type, SingleFileHints? hints = null)
    {
        var decoder = Directory.Exists(path) ? OfFolder(path, own, device, type) : OfFile(path, own, device, type, hints);
        if (decoder.Channels == codec.Channels && decoder.Factor == codec.Factor) { return decoder; }
        var (channels, factor) = (decoder.Channels, decoder.Factor);
        decoder.Dispose();
        throw Mismatch(path, $"takes latents of {channels} channels at 1/{factor} of the size, but the model's have {codec.Channels} at 1/{codec.Factor}");
    }

    private static ILatentDecoder OfFolder(string path, AutoencoderKLOptions own, Device device, ScalarType type)
    {
        string inside = Path.Combine(path, "vae"), folder = Directory.Exists(inside) ? inside : path;
        var config = JsonConfig.Read(Path.Combine(folder, DiffusersFolder.ConfigFile));
        if (config.ClassName == "AutoencoderTiny")
        {
            throw new McdmException("DecoderUnknown", ErrorKind.NotSupported,
                $"'{folder}' is a tiny autoencoder in the names of diffusers; give the file of its own program, taesd_decoder.pth or .safetensors.");
        }
        var options = config.As<AutoencoderKLOptions>();
        // A folder says how its latents are scaled; those that are scaled otherwise mean something else.
        if (options.ScalingFactor != own.ScalingFactor && config.Has("scaling_factor"))
        {
            throw Mismatch(path, Invariant($"scales latents by {options.ScalingFactor}, but the model's are scaled by {own.ScalingFactor}"));
        }
        using var weights = NetworkWeights.Open(folder);
        return Of(weights, options, own, device, type);
    }

    private static ILatentDecoder OfFile(string path, AutoencoderKLOptions own, Device device, ScalarType type, SingleFileHints? hints)
    {
        using var file = WeightFile.OpenNetwork(path);
        IReadOnlySet<string> names = file.Names.ToHashSet(StringComparer.Ordinal);
        if (SingleFile.HasAutoencoder(names))
        {
            var autoencoder = new SingleFile(file, hints).Autoencoder!;
            return Of(autoencoder.Weights, autoencoder.Options, own, device, type);
        }
        if (names.Contains("encoder.down_blocks.0.resnets.0.conv1.weight"))
        {
            return Of(file, AutoencoderInference.Read(file, hints ?? new SingleFileHints()), own, device, type);
        }
        var weights = new FrozenWeights(file, device, ScalarType.Float32);
        try
        {
            return new TinyDecoder(new TinyAutoencoder(null, weights), weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static KLDecoder Of(IWeights file, AutoencoderKLOptions options, AutoencoderKLOptions own, Device device, ScalarType type)
    {
        var weights = new FrozenWeights(file, device, type);
        try
        {
            return new KLDecoder(new AutoencoderKL(weights, options), own.ScalingFactor, own.ShiftFactor, weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static McdmException Mismatch(string path, string why) =>
        new("DecoderMismatch", ErrorKind.InvalidArgument, $"The decoder '{path}' {why}; it belongs to another autoencoder.");
}
