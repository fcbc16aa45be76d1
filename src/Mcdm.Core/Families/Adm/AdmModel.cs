using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families.Shared;
using Mcdm.Layers.Frozen;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>
/// A state dict of openai/guided-diffusion or of Unite and Conquer as a model: one expert for each thing that its network reads, and ε_u where it has
/// one.
/// </summary>
internal static class AdmModel
{
    private const int Colors = 3;

    /// <summary>Reads it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="preset">
    /// Name of a published model, for what weights do not show; null where a <c>model.json</c> beside the file says it, or the file's own name, as it
    /// was published.
    /// </param>
    /// <param name="sentences">Makes embeddings of sentences, for the network that reads them; null leaves its text expert out.</param>
    /// <param name="asPublished">Whether all of Unite and Conquer's experts are changed by the sentence of one, as in the published program.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="storage">How its weights lie in memory.</param>
    /// <exception cref="McdmException"><c>AdmPresetNeeded</c>; or a tensor is missing, is left over or has another shape.</exception>
    public static Model Read(string path, string? preset, ISentenceEncoder? sentences, bool asPublished, Device device, ScalarType type,
        WeightStorage storage = WeightStorage.Computed)
    {
        var options = (preset is null ? AdmConfig.Beside(path) ?? Published(path) : AdmPresets.Named(preset))
            ?? throw new McdmException("AdmPresetNeeded", ErrorKind.InvalidArgument,
            $"The weights of '{path}' do not show their heads, schedule and size: give -Preset ({string.Join(", ", AdmPresets.Names)}), or put a "
                + $"{AdmConfig.FileName} beside the file.");
        using var file = WeightFile.OpenNetwork(path);
        var lifetime = new SharedLifetime();
        var experts = new List<Expert>();
        try
        {
            var network = new AdmUNet(lifetime.With(new FrozenWeights(file, device, type, storage)), options);
            if (sentences is not null) { lifetime.With(sentences); }
            var space = new LatentSpace(Colors, options.ImageSize, options.ImageSize, new VariancePreserving(options.Schedule, options.Steps));
            var denoiser = new AdmDenoiser(network);
            string print = storage.Mark(WeightFingerprint.Of(file));
            foreach (var role in Roles(network, sentences, asPublished)) { experts.Add(new AdmExpert(role, space, denoiser, lifetime) { Sha256 = print }); }
            return new Model(ModelName.Of(path), experts, path)
            {
                Sampling = new SamplerOptions { Steps = SamplerOptions.StepsOfOthers },
                Notes = [.. file.Notes, .. options.Family == AdmKind.UniteFace && sentences is null
                    ? new[] { $"'{Path.GetFileName(path)}' reads sentences too, by FaRL's text encoder: give its file with -TextEncoder and CLIP's vocabulary "
                    + "with -Vocabulary." } : Array.Empty<string>()],
                Warnings = FileMetadata.Warnings(file).ToList(),
            };
        }
        catch
        {
            foreach (var expert in experts) { expert.Dispose(); }
            lifetime.GiveBack();
            throw;
        }
    }

    private static AdmOptions? Published(string path) => AdmPresets.OfFile(Path.GetFileNameWithoutExtension(path)) is { } preset ? AdmPresets.Named(preset)
        : null;

    private static IEnumerable<AdmRole> Roles(AdmUNet network, ISentenceEncoder? sentences, bool asPublished)
    {
        var (family, shape) = (network.Options.Family, network.Shape);
        switch (family)
        {
            case AdmKind.Upsampler:
                yield return new AdmUpsampler(Math.Max(1, network.Options.ImageSize / (network.Options.SmallSize ?? network.Options.ImageSize)), shape.Classes);
                break;
            case AdmKind.UniteSketch:
                yield return new UniteSketch();
                break;
            case AdmKind.UniteFace:
                yield return new AdmUnconditional(asPublished);
                yield return new UniteMap(UniteMap.Face, asPublished);
                yield return new UniteMap(UniteMap.Hair, asPublished);
                if (sentences is not null) { yield return new UniteText(sentences.Encode); }
                break;
            case var _ when shape.Classes > 0:
                yield return new AdmClass(shape.Classes);
                break;
            default:
                yield return new AdmUnconditional();
                break;
        }
    }
}

/// <summary>Makes embeddings of sentences.</summary>
internal interface ISentenceEncoder : IDisposable
{
    /// <summary>A sentence's embedding of length 1, [1, width].</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="note">Told where it is cut.</param>
    Tensor Encode(string sentence, Action<string>? note);
}
