using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Weights;
using Mcdm.Weights.Reading;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>Folders that diffusers saves: a whole Stable Diffusion pipeline, and a ControlNet.</summary>
internal static class LatentDiffusionFolder
{
    /// <summary>Opens a pipeline.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="variant">The variant of the weights that is wanted, such as <c>fp16</c>; null for what is there.</param>
    /// <exception cref="McdmException">A part is missing, or is of a kind that is not run.</exception>
    public static LatentDiffusionFiles Open(string folder, string? variant = null)
    {
        var opened = new List<IDisposable>();
        try
        {
            var unet = Config(folder, "unet").As<UNet2DConditionOptions>();
            return new LatentDiffusionFiles(ModelName.Of(folder), folder,
                new(Weights("unet"), unet),
                new(Weights("text_encoder"), Config(folder, "text_encoder").As<ClipTextOptions>()),
                ClipTokenizerFiles.Read(Part(folder, "tokenizer")),
                new(Weights("vae"), Config(folder, "vae").As<AutoencoderKLOptions>()),
                SchedulerConfig.Read(Path.Combine(Part(folder, "scheduler"), SchedulerConfig.FileName)),
                unet.SampleSize ?? LatentDiffusionFiles.UsualSampleSize);
        }
        catch
        {
            opened.ForEach(weights => weights.Dispose());
            throw;
        }

        IWeights Weights(string part)
        {
            var weights = NetworkWeights.Open(Part(folder, part), variant);
            opened.Add(weights);
            return weights;
        }
    }

    /// <summary>Opens a ControlNet's folder.</summary>
    /// <exception cref="McdmException">It lacks its weights, or its configuration asks for what is not implemented.</exception>
    public static ControlNetFiles OpenControlNet(string folder, string? variant = null)
    {
        var options = JsonConfig.Read(Path.Combine(folder, DiffusersFolder.ConfigFile)).As<ControlNetOptions>();
        return new ControlNetFiles(ModelName.Of(folder), folder, new(NetworkWeights.Open(folder, variant), options));
    }

    private static JsonConfig Config(string folder, string part) => JsonConfig.Read(Path.Combine(Part(folder, part), DiffusersFolder.ConfigFile));

    private static string Part(string folder, string part)
    {
        string path = Path.Combine(folder, part);
        return Directory.Exists(path) ? path
            : throw new McdmException("ModelPartNotFound", ErrorKind.NotFound,
            $"The Stable Diffusion model '{folder}' lacks its folder '{part}'; download it whole (Save-McdmModel).");
    }
}
