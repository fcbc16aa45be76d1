using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>Networks of openai/guided-diffusion (Dhariwal and Nichol 2021) and of Unite and Conquer (Nair et al. 2023).</summary>
internal sealed class AdmFamily : IModelFamily
{
    private const string Kind = "Adm";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Presets => AdmPresets.Names;

    /// <inheritdoc/>
    public string? KindOfFolder(string folder) => File.Exists(Path.Combine(folder, AdmConfig.FileName)) && AdmConfig.FileOf(folder) is not null ? Kind : null;

    /// <inheritdoc/>
    public string? KindOfTensors(IReadOnlySet<string> names) => names.Contains(AdmUNet.FirstTimeLayer)
        // Those of latent models read a context.
        && !names.Any(name => name.Contains(".attn2.", StringComparison.Ordinal)) ? Kind : null;

    /// <inheritdoc/>
    public IEnumerable<ModelFilesPart> Describe(ModelSource source) => [ModelFilesPart.Of("network", FileOf(source))];

    /// <inheritdoc/>
    public IReadOnlyList<Model> Read(IReadOnlyList<ModelSource> sources, ImportOptions options, Device device, ScalarType precision) =>
        ModelFamily.ReadEach(sources,
            source => AdmModel.Read(FileOf(source), options.Preset, Sentences(options, device), options.AsPublished, device, precision, options.Storage));

    private static string FileOf(ModelSource source) => Directory.Exists(source.Path) ? AdmConfig.FileOf(source.Path)! : source.Path;

    private static FarlSentences? Sentences(ImportOptions options, Device device) => options.TextEncoder is not { } encoder ? null
        : new FarlSentences(encoder, options.Vocabulary ?? throw new McdmException("VocabularyNeeded", ErrorKind.InvalidArgument,
            $"The text encoder '{encoder}' holds no vocabulary: give CLIP's with -Vocabulary (bpe_simple_vocab_16e6.txt.gz)."), device);
}
