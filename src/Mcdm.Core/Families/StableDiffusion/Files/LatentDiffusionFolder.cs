using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers;
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
        var (opened, warnings, notes) = (new List<IDisposable>(), new List<string>(), new List<string>());
        try
        {
            var pipeline = DiffusersPipeline.At(folder);
            var texts = s_texts.Take(pipeline?.HasTwoTexts == true ? 2 : 1).ToList();
            var available = new VariantChoice(variant, texts.Concat(["unet", "vae"]).Select(part => Part(folder, part)));
            var unet = Config<UNet2DConditionOptions>("unet");
            var scheduler = SchedulerConfig.Read(Path.Combine(Part(folder, "scheduler"), SchedulerConfig.FileName), LatentDiffusionFiles.PublishedSchedule);
            if (pipeline is not null) { warnings.AddRange(pipeline.Warnings); }
            return new LatentDiffusionFiles(ModelName.Of(folder), folder,
                new(Weights("unet"), unet),
                texts.Select(Text).ToList(),
                new(Weights("vae"), Config<AutoencoderKLOptions>("vae")),
                scheduler with { Notes = [.. scheduler.Notes, .. notes] },
                unet.SampleSize ?? LatentDiffusionFiles.UsualSampleSize)
            {
                NoneIsZero = unet.TextTime is not null && pipeline?.NoneIsZero != false,
                Warnings = warnings,
            };

            TextFiles Text(string part) => new(Weights(part), Config<ClipTextOptions>(part),
                ClipTokenizerFiles.Read(Part(folder, part.Replace("text_encoder", "tokenizer", StringComparison.Ordinal)), warnings: warnings))
            {
                Again = new(Part(folder, part), () => NetworkWeights.Open(Part(folder, part), available.Of(Part(folder, part), []))),
            };

            IWeights Weights(string part)
            {
                string path = Part(folder, part);
                var weights = NetworkWeights.Open(path, available.Of(path, notes));
                opened.Add(weights);
                warnings.AddRange(FileMetadata.Warnings(weights));
                notes.AddRange(weights.Notes);
                return weights;
            }
        }
        catch
        {
            opened.ForEach(weights => weights.Dispose());
            throw;
        }

        T Config<T>(string part) where T : NetworkOptions, new() => Read<T>(Part(folder, part), warnings);
    }

    /// <summary>Opens a ControlNet's folder.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="variant">The variant of the weights that is wanted; null for what is there.</param>
    /// <param name="home">The pipeline that it lies in; null for one by itself.</param>
    /// <exception cref="McdmException">It lacks its weights, or its configuration asks for what is not implemented.</exception>
    public static ControlNetFiles OpenControlNet(string folder, string? variant = null, string? home = null)
    {
        var warnings = new List<string>();
        var config = JsonConfig.Read(Path.Combine(folder, DiffusersFolder.ConfigFile));
        var options = config.ClassName == ControlNetUnionOptions.UnionClass ? Read<ControlNetUnionOptions>(folder, warnings)
            : Read<ControlNetOptions>(folder, warnings);
        var weights = NetworkWeights.Open(folder, variant);
        warnings.AddRange(FileMetadata.Warnings(weights));
        string name = home is null ? ModelName.Of(folder) : Path.GetFileName(folder);
        return new ControlNetFiles(name, folder, _ => new(weights, options)) { Owned = weights, Home = home, Warnings = warnings, Notes = weights.Notes };
    }

    /// <summary>Opens the ControlNets that a pipeline's folder has of its own; its prompts alone know nothing of them.</summary>
    public static IEnumerable<ControlNetFiles> OpenControlNets(string folder, string? variant = null) => DiffusersPipeline.ControlNetsOf(folder).Select(own =>
    {
        var choice = new VariantChoice(variant, [own, .. s_texts.Concat(["unet", "vae"]).Select(part => Path.Combine(folder, part)).Where(Directory.Exists)]);
        var notes = new List<string>();
        return OpenControlNet(own, choice.Of(own, notes), folder);
    });

    private static readonly string[] s_texts = ["text_encoder", "text_encoder_2"];

    private static T Read<T>(string folder, List<string> warnings) where T : NetworkOptions, new()
    {
        var config = JsonConfig.Read(Path.Combine(folder, DiffusersFolder.ConfigFile));
        var options = config.As<T>();
        warnings.AddRange(UnreadKeys.Warnings(config, options.ClassName));
        return options;
    }

    private static string Part(string folder, string part)
    {
        string path = Path.Combine(folder, part);
        return Directory.Exists(path) ? path
            : throw new McdmException("ModelPartNotFound", ErrorKind.NotFound,
            $"The Stable Diffusion model '{folder}' lacks its folder '{part}'; download it whole (Save-McdmModel).");
    }
}
