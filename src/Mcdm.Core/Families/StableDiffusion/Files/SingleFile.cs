using Mcdm.Diffusion.Process;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>One network of a single file: its tensors as the network calls them, read when asked for, and its shape.</summary>
internal sealed record SingleFilePart<TOptions>(IWeights Weights, TOptions Options);

/// <summary>
/// An original (CompVis) checkpoint of Stable Diffusion 1.x or 2.x, or a ControlNet of one: several networks in one file, under names of its own, without a
/// configuration. The file stays the caller's.
/// </summary>
internal sealed class SingleFile
{
    /// <summary>A U-Net whose training averaged fewer weights than this and not all is taken as it was trained.</summary>
    private const int ManyAverages = 100;

    private readonly IWeights _file;
    private readonly SingleFileHints _hints;

    /// <param name="file">The file.</param>
    /// <param name="hints">What no tensor tells.</param>
    /// <exception cref="McdmException">
    /// <c>ModelFamily</c>: a model of another family; <c>SingleFileUnknown</c>: no checkpoint of this form; <c>WeightsMissing</c>, <c>WeightsShape</c>,
    /// <c>ShapeUnknown</c>: no network has this shape.
    /// </exception>
    public SingleFile(IWeights file, SingleFileHints? hints = null)
    {
        (_file, _hints) = (file, hints ?? new SingleFileHints());
        ForeignModels.Refuse(file.Path, file.Names);
        if (!Recognizes(file.Names))
        {
            throw new McdmException("SingleFileUnknown", ErrorKind.InvalidData,
                $"'{file.Path}' holds no Stable Diffusion, ControlNet or autoencoder in the names of the original programs.");
        }
        if (Has(SingleFileNames.UNet + SingleFileNames.FirstConvolution))
        {
            var unet = Renamed(LdmUNetNames.Map(Below(SingleFileNames.UNet)).Select(name => new RenamedTensor(name.Name, UNetSource(name.Source))));
            UNet = new(unet, UNetInference.UNet(unet, _hints));
        }
        if (ControlPrefix is { } control)
        {
            var controlNet = Renamed(LdmUNetNames.Map(Below(control)).Select(name => new RenamedTensor(name.Name, control + name.Source)));
            ControlNet = new(controlNet, UNetInference.ControlNet(controlNet, _hints));
        }
        if (AutoencoderPrefix is { } coder)
        {
            var autoencoder = Renamed(LdmAutoencoderNames.Map(Below(coder), coder));
            Autoencoder = new(autoencoder, AutoencoderInference.Read(autoencoder, _hints));
        }
        Text = ReadText();
    }

    /// <summary>The U-Net; null where the file has none.</summary>
    public SingleFilePart<UNet2DConditionOptions>? UNet { get; }

    /// <summary>The ControlNet; null where the file has none.</summary>
    public SingleFilePart<ControlNetOptions>? ControlNet { get; }

    /// <summary>The autoencoder; null where the file has none.</summary>
    public SingleFilePart<AutoencoderKLOptions>? Autoencoder { get; }

    /// <summary>The text encoder; null where the file has none.</summary>
    public SingleFilePart<ClipTextOptions>? Text { get; }

    /// <summary>Whether the U-Net's weights are those averaged over its training.</summary>
    public bool IsAverage => _hints.Average ?? (Averages.Count > 0 && (UNetNames.All(HasAverage) || Averages.Count > ManyAverages));

    /// <summary>
    /// What the U-Net predicts; null where neither the file nor a configuration says so (ask <see cref="PredictionProbe"/>). Stable Diffusion 1
    /// predicts ε.
    /// </summary>
    public PredictionKind? Prediction => _hints.Prediction
        ?? (Has("v_pred") ? PredictionKind.Velocity : UNet is { Options.UseLinearProjection: false } ? PredictionKind.Noise : null);

    /// <summary>Whether a file's tensors are named as in the original programs.</summary>
    public static bool Recognizes(IEnumerable<string> names) => names.Any(name => name is SingleFileNames.FirstPictureLayer or SingleFileNames.FirstEncoderLayer
        or (SingleFileNames.UNet + SingleFileNames.FirstConvolution) or (SingleFileNames.ControlNet
            + SingleFileNames.FirstPictureLayer) or (SingleFileNames.Autoencoder + SingleFileNames.FirstEncoderLayer));

    private IReadOnlyList<string> UNetNames => Below(SingleFileNames.UNet);

    private IReadOnlyList<string> Averages => field ??= Below(SingleFileNames.Average);

    private string? ControlPrefix => new[] { SingleFileNames.ControlNet, "" }.FirstOrDefault(prefix => Has(prefix + SingleFileNames.FirstPictureLayer));

    private string? AutoencoderPrefix => new[] { SingleFileNames.Autoencoder, "" }.FirstOrDefault(prefix => Has(prefix + SingleFileNames.FirstEncoderLayer));

    private SingleFilePart<ClipTextOptions>? ReadText()
    {
        if (Below(SingleFileNames.ClipText) is { Count: > 0 } clip)
        {
            var text = Renamed(clip.Select(name => new RenamedTensor(name, SingleFileNames.ClipText + name)));
            return new(text, ClipTextInference.Read(text, _hints, quickGelu: true));
        }
        if (Below(SingleFileNames.OpenClipText) is { Count: > 0 } openClip)
        {
            var text = Renamed(OpenClipTextNames.Map(openClip, SingleFileNames.OpenClipText));
            return new(text, ClipTextInference.Read(text, _hints, quickGelu: false));
        }
        return null;
    }

    private string UNetSource(string name)
    {
        if (!IsAverage) { return SingleFileNames.UNet + name; }
        return HasAverage(name) ? SingleFileNames.Average + AverageOf(name)
            : throw new McdmException("WeightsMissing", ErrorKind.InvalidData,
                $"'{_file.Path}' holds weights averaged over training, but none for '{SingleFileNames.UNet}{name}'; it was cut short or damaged.");
    }

    private bool HasAverage(string name) => Has(SingleFileNames.Average + AverageOf(name));

    /// <summary>The averages are called as in the module that holds the U-Net, without dots.</summary>
    private static string AverageOf(string name) => ("diffusion_model." + name).Replace(".", "", StringComparison.Ordinal);

    private RenamedWeights Renamed(IEnumerable<RenamedTensor> tensors) => new(_file, tensors);

    private HashSet<string> Names => field ??= _file.Names.ToHashSet(StringComparer.Ordinal);

    private bool Has(string name) => Names.Contains(name);

    private List<string> Below(string prefix) => _file.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => name[prefix.Length..]).ToList();
}
