using Mcdm.Experts;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion;

/// <summary>
/// Stable Diffusion 1.x and 2.x (Rombach et al. 2022), their ControlNets (Zhang et al. 2023) and LoRAs, as diffusers and the original programs save
/// them.
/// </summary>
internal sealed class StableDiffusionFamily : IModelFamily
{
    /// <summary>Folders of a model's networks.</summary>
    private static readonly string[] s_parts = ["unet", "text_encoder", "vae"];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> PipelineClasses { get; } = new Dictionary<string, string>
    {
        ["StableDiffusionPipeline"] = LatentDiffusionSet.Folder,
        ["StableDiffusionControlNetPipeline"] = LatentDiffusionSet.Folder,
    };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> NetworkClasses { get; } =
        new Dictionary<string, string> { [nameof(ControlNetModel)] = LatentDiffusionSet.ControlNetFolder };

    /// <inheritdoc/>
    public bool TakesLoras => true;

    /// <inheritdoc/>
    public string? KindOfTensors(IReadOnlySet<string> names) => !SingleFile.Recognizes(names) ? null
        : names.Contains(SingleFileNames.UNet + SingleFileNames.FirstConvolution) ? LatentDiffusionSet.File
        : names.Any(name => name.EndsWith(SingleFileNames.FirstPictureLayer, StringComparison.Ordinal)) ? LatentDiffusionSet.ControlNetFile
        : null;

    /// <inheritdoc/>
    public string? ObstacleOfTensors(IReadOnlySet<string> names) => SingleFile.Recognizes(names) ? "holds an autoencoder alone, which makes no pictures"
        : names.Any(name => LoraNames.Parse(name) is not null) ? "is a LoRA: give it with -Lora, beside the model that it changes"
        : names.Contains("conv_in.weight") ? "is a network of diffusers without its config.json: give its folder"
        : null;

    /// <inheritdoc/>
    public string? ObstacleOfClass(string className) => className is not (nameof(UNet2DConditionModel) or nameof(AutoencoderKL)) ? null
        : $"is one network of a Stable Diffusion model ({className}), which needs the others: give the folder around it, with {DiffusersFolder.IndexFile}";

    /// <inheritdoc/>
    public IEnumerable<ModelFilesPart> Describe(ModelSource source) => source.Kind switch
    {
        LatentDiffusionSet.Folder => s_parts.Select(part => ModelFilesPart.Of(part, NetworkWeights.Find(Path.Combine(source.Path, part)))),
        LatentDiffusionSet.ControlNetFolder => [ModelFilesPart.Of("controlnet", NetworkWeights.Find(source.Path))],
        _ => [ModelFilesPart.Of("all", source.Path)],
    };

    /// <inheritdoc/>
    public IReadOnlyList<Model> Read(IReadOnlyList<ModelSource> sources, ImportOptions options, Device device, ScalarType precision)
    {
        using var files = new LatentDiffusionSet(sources, options);
        return ModelFamily.ReadEach(sources.Where(files.Models.Contains).ToList(), source => files.Assemble(source, device, precision));
    }
}
