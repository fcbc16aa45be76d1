using Mcdm.Experts;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Families.PixelDdpm;

/// <summary>U-Nets of diffusers that make pictures from noise alone (Ho et al. 2020).</summary>
internal sealed class PixelDdpmFamily : IModelFamily
{
    private const string Kind = "PixelDiffusion";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> PipelineClasses { get; } = new Dictionary<string, string> { ["DDPMPipeline"] = Kind, ["DDIMPipeline"] = Kind };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> NetworkClasses { get; } = new Dictionary<string, string> { [nameof(UNet2DModel)] = Kind };

    /// <inheritdoc/>
    public IEnumerable<ModelFilesPart> Describe(ModelSource source)
    {
        string unet = Path.Combine(source.Path, "unet");
        return [ModelFilesPart.Of("unet", NetworkWeights.Find(Directory.Exists(unet) ? unet : source.Path))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Model> Read(IReadOnlyList<ModelSource> sources, ImportOptions options, Device device, ScalarType precision) =>
        ModelFamily.ReadEach(sources, source => PixelDiffusionModel.Read(source.Path, options, device, precision));
}
