using Mcdm.Formats.Weights;
using Mcdm.Networks.Frozen;

namespace Mcdm.Formats.Diffusers;

/// <summary>Folders that diffusers saves: a whole Stable Diffusion pipeline, and a ControlNet.</summary>
internal static class LatentDiffusionFolder
{
    /// <summary>Name of the file that makes a folder a pipeline.</summary>
    public const string IndexFile = "model_index.json";

    /// <summary>Name of the file that describes a network in its folder.</summary>
    public const string ConfigFile = "config.json";

    /// <summary>Opens a pipeline.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="variant">The variant of the weights that is wanted, such as <c>fp16</c>; null for what is there.</param>
    /// <exception cref="McdmException">A part lacks, or is of a kind that is not run.</exception>
    public static LatentDiffusionFiles Open(string folder, string? variant = null)
    {
        var opened = new List<IDisposable>();
        try
        {
            var unetConfig = Config(folder, "unet");
            return new LatentDiffusionFiles(NameOf(folder), folder,
                new(Weights("unet"), UNet2DConditionConfig.Read(unetConfig)),
                new(Weights("text_encoder"), ClipTextConfig.Read(Config(folder, "text_encoder"))),
                ClipTokenizerFiles.Read(Part(folder, "tokenizer")),
                new(Weights("vae"), AutoencoderKLConfig.Read(Config(folder, "vae"))),
                SchedulerConfig.Read(Path.Combine(Part(folder, "scheduler"), SchedulerConfig.FileName)),
                unetConfig.Integer("sample_size", LatentDiffusionFiles.UsualSampleSize));
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
        var options = ControlNetConfig.Read(JsonConfig.Read(Path.Combine(folder, ConfigFile)));
        return new ControlNetFiles(NameOf(folder), folder, new(NetworkWeights.Open(folder, variant), options));
    }

    /// <summary>
    /// What a model or an expert from a file or folder is called: its name there, of letters that names may have. A name that says nothing gives way to that of the
    /// folder around it, and a snapshot in a hub's cache to its repository's.
    /// </summary>
    public static string NameOf(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), name = Path.GetFileName(full);
        if (File.Exists(full)) { name = Path.GetFileNameWithoutExtension(name); }
        string? around = Path.GetDirectoryName(full);
        if (around is not null && Path.GetFileName(around) == "snapshots") { return Safe(Path.GetFileName(Path.GetDirectoryName(around)!).Split("--")[^1]); }
        return s_namesOfNothing.Contains(name) && around is not null && Path.GetFileName(around).Length > 0 ? NameOf(around) : Safe(name);
    }

    /// <summary>A name of letters that names of experts may have.</summary>
    public static string Safe(string name)
    {
        string safe = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-')).Trim('-', '_');
        return safe.Length == 0 ? "model" : safe[..Math.Min(safe.Length, LongestName)];
    }

    private const int LongestName = 64;

    /// <summary>What programs call every model that they write.</summary>
    private static readonly string[] s_namesOfNothing = ["model", "unet", "controlnet", "diffusion_pytorch_model", "pytorch_lora_weights"];

    private static JsonConfig Config(string folder, string part) => JsonConfig.Read(Path.Combine(Part(folder, part), ConfigFile));

    private static string Part(string folder, string part)
    {
        string path = Path.Combine(folder, part);
        return Directory.Exists(path) ? path : throw new McdmException("ModelPartNotFound", ErrorKind.NotFound, $"The Stable Diffusion model '{folder}' lacks its folder '{part}'; download it whole (Save-McdmModel).");
    }
}
