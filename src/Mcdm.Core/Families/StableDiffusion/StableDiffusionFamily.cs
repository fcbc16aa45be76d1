using Mcdm.Experts;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion;

/// <summary>
/// Stable Diffusion 1.x and 2.x (Rombach et al. 2022) and XL (Podell et al. 2023), their ControlNets (Zhang et al. 2023), adapters and LoRAs, as diffusers and
/// the original programs save them.
/// </summary>
internal sealed class StableDiffusionFamily : IModelFamily
{
    /// <summary>Folders of a model's networks.</summary>
    private static readonly string[] s_parts = ["unet", "text_encoder", "text_encoder_2", "vae"];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> NetworkClasses { get; } =
        new Dictionary<string, string>
        {
            [nameof(ControlNetModel)] = LatentDiffusionSet.ControlNetFolder, [ControlNetUnionOptions.UnionClass] = LatentDiffusionSet.ControlNetFolder,
            ["T2IAdapter"] = LatentDiffusionSet.T2IAdapterFolder,
        };

    /// <inheritdoc/>
    public bool TakesLoras => true;

    /// <inheritdoc/>
    public bool TakesOffload => true;

    /// <inheritdoc/>
    public string? KindOfFolder(string folder)
    {
        try
        {
            return DiffusersPipeline.At(folder) is { IsStableDiffusion: true } ? LatentDiffusionSet.Folder
                : ImageEncoderFiles.IsIn(folder) ? LatentDiffusionSet.ImageEncoder : null;
        }
        catch (McdmException)
        {
            // Whoever reads it says what is wrong.
            return null;
        }
    }

    /// <inheritdoc/>
    public string? KindOfTensors(IReadOnlySet<string> names) => OtherKinds.IsControlLora(names) ? null
        : (SingleFile.HasUNet(names), SingleFile.HasControlNet(names)) switch
    {
        (true, true) => LatentDiffusionSet.WholeFile,
        (true, false) => LatentDiffusionSet.File,
        (false, true) => LatentDiffusionSet.ControlNetFile,
        _ when ImageAdapterFiles.Recognizes(names) => LatentDiffusionSet.ImageAdapter,
        _ when T2IAdapterNames.Recognizes(names) => LatentDiffusionSet.T2IAdapterFile,
        _ when names.Contains(SingleFileNames.FirstPictureLayerOfDiffusers) => LatentDiffusionSet.ControlNetFile,
        _ => null,
    };

    /// <inheritdoc/>
    public string? ObstacleOfTensors(IReadOnlySet<string> names) => OtherKinds.Of(names);

    /// <inheritdoc/>
    public string? ObstacleOfPipeline(string folder) => DiffusersPipeline.At(folder)?.Obstacle(folder);

    /// <inheritdoc/>
    public string? ObstacleOfClass(string className) => className is not (nameof(UNet2DConditionModel) or nameof(AutoencoderKL)) ? null
        : $"is one network of a Stable Diffusion model ({className}), which needs the others: give the folder around it, with {DiffusersFolder.IndexFile}"
            + (className == nameof(AutoencoderKL) ? ", or this one with -Decoder beside a model" : "");

    /// <inheritdoc/>
    public IEnumerable<ModelFilesPart> Describe(ModelSource source) => source.Kind switch
    {
        LatentDiffusionSet.Folder => s_parts.Where(part => part != "text_encoder_2" || Directory.Exists(Path.Combine(source.Path, part)))
            .Select(part => ModelFilesPart.Of(part, NetworkWeights.Find(Path.Combine(source.Path, part)))),
        LatentDiffusionSet.ControlNetFolder => [ModelFilesPart.Of("controlnet", NetworkWeights.Find(source.Path))],
        LatentDiffusionSet.T2IAdapterFolder => [ModelFilesPart.Of("adapter", NetworkWeights.Find(source.Path))],
        LatentDiffusionSet.ImageEncoder => [ModelFilesPart.Of(ImageEncoderFiles.FolderName, NetworkWeights.Find(source.Path))],
        _ => [ModelFilesPart.Of("all", source.Path)],
    };

    /// <inheritdoc/>
    public AdapterDescription? DescribeAdapter(IWeights weights) => AdapterFile.Describe(weights);

    /// <inheritdoc/>
    public IWeights? OpenAdapter(string path) => TextInversionFile.TryOpen(path);

    /// <inheritdoc/>
    public IReadOnlyList<Model> Read(IReadOnlyList<ModelSource> sources, ImportOptions options, Device device, ScalarType precision)
    {
        using var files = new LatentDiffusionSet(sources, options);
        return ModelFamily.ReadEach(sources.Where(files.Models.Contains).ToList(), source => files.Assemble(source, device, precision));
    }
}
