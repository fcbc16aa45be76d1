using Mcdm.Diffusion.Process;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using TorchSharp;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>One network of a single file: its tensors as the network calls them, read when asked for, and its shape.</summary>
internal sealed record SingleFilePart<TOptions>(RenamedWeights Weights, TOptions Options);

/// <summary>
/// An original (CompVis) checkpoint of Stable Diffusion, or a ControlNet of one: several networks in one file, under names of its own, without a
/// configuration. The file stays the caller's.
/// </summary>
internal sealed class SingleFile
{
    /// <summary>A U-Net whose training averaged fewer weights than this and not all is taken as it was trained.</summary>
    private const int ManyAverages = 100;

    /// <summary>Sizes that a U-Net of Stable Diffusion XL is told.</summary>
    private const int Sizes = 6;

    private readonly IWeights _file;
    private readonly SingleFileHints _hints;
    private readonly HashSet<string> _names;
    private readonly IReadOnlyList<string> _averages, _unetNames;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <param name="file">The file.</param>
    /// <param name="hints">What no tensor tells.</param>
    /// <exception cref="McdmException">
    /// <c>ModelFamily</c>: a model of another family; <c>SingleFileUnknown</c>: no checkpoint of this form; <c>WeightsMissing</c>, <c>WeightsShape</c>,
    /// <c>ShapeUnknown</c>: no network has this shape; <c>CheckpointPrediction</c>.
    /// </exception>
    public SingleFile(IWeights file, SingleFileHints? hints = null)
    {
        (_file, _hints) = (file, hints ?? new SingleFileHints());
        _names = [.. file.Names];
        _averages = Below(SingleFileNames.Average);
        _unetNames = Below(SingleFileNames.UNet) is { Count: > 0 } names ? names : [.. _averages.Select(AverageNames.Undo).OfType<string>().Distinct()];
        ForeignModels.Refuse(file.Path, file.Names);
        if (!Recognizes(file.Names))
        {
            throw new McdmException("SingleFileUnknown", ErrorKind.InvalidData,
                $"'{file.Path}' holds no Stable Diffusion, ControlNet or autoencoder in the names of the original programs.");
        }
        Texts = ReadTexts().ToList();
        if (HasUNet(_names))
        {
            var unet = Renamed(LdmUNetNames.Map(_unetNames).Select(name => new RenamedTensor(name.Name, UNetSource(name.Source))));
            UNet = new(unet, UNetInference.UNet(unet, _hints with { SizeChannels = _hints.SizeChannels ?? SizeChannels(unet) }));
        }
        var version = UNet is null ? null : StableDiffusionVersion.Of(UNet.Options);
        if ((Scale() ?? version?.ScalingFactor) is { } scale) { _hints = _hints with { ScalingFactor = scale }; }
        if (ControlPrefix is { } control)
        {
            var own = Below(control).Where(name => name != SingleFileNames.Difference && (control.Length > 0 || !IsOtherPart(name))).ToList();
            var controlNet = Renamed(LdmUNetNames.Map(own).Select(name => new RenamedTensor(name.Name, control + name.Source)));
            if (Has(SingleFileNames.Difference)) { Difference = controlNet; }
            else { ControlNet = new(controlNet, ControlNetShape(controlNet, _hints)); }
        }
        if (AutoencoderPrefix is { } coder)
        {
            var autoencoder = Renamed(LdmAutoencoderNames.Map(Below(coder), coder));
            Autoencoder = new(autoencoder, AutoencoderInference.Read(autoencoder, _hints));
        }
        Marks = CheckpointMarks.Read(file, version ?? StableDiffusionVersion.One, UNet?.Options.InChannels ?? 0, _hints);
    }

    /// <summary>Where it lies.</summary>
    public string Path => _file.Path;

    /// <summary>The U-Net; null where the file has none.</summary>
    public SingleFilePart<UNet2DConditionOptions>? UNet { get; }

    /// <summary>The ControlNet; null where the file has none.</summary>
    public SingleFilePart<ControlNetOptions>? ControlNet { get; }

    /// <summary>A ControlNet as a difference, whose tensors are to be added to those of a U-Net; null where the file has none.</summary>
    public IWeights? Difference { get; }

    /// <summary>The autoencoder; null where the file has none.</summary>
    public SingleFilePart<AutoencoderKLOptions>? Autoencoder { get; }

    /// <summary>The text encoders; none where the file has none.</summary>
    public IReadOnlyList<SingleFilePart<ClipTextOptions>> Texts { get; }

    /// <summary>What the file says of itself beside its weights.</summary>
    public CheckpointMarks Marks { get; }

    /// <summary>Whether the U-Net's weights are those averaged over its training.</summary>
    public bool IsAverage => !Has(SingleFileNames.UNet + SingleFileNames.FirstConvolution)
        || (_hints.Average ?? (_averages.Count > 0 && (_unetNames.All(HasAverage) || _averages.Count > ManyAverages)));

    /// <summary>
    /// What the U-Net predicts; null where neither the file nor a configuration says so (ask <see cref="PredictionProbe"/>). Stable Diffusion 1
    /// predicts ε, and so do those for filling holes.
    /// </summary>
    public PredictionKind? Prediction => Marks.Prediction;

    /// <summary>What the file holds that is of no part of it, nor known to be of no use, in a sentence; none where there is nothing.</summary>
    public IEnumerable<string> Warnings => Surplus() is not { Count: > 0 } surplus ? []
        : [$"'{_file.Path}' holds {UnreadKeys.Listed(surplus.Select(name => $"'{name}'"))}, which belongs to no part of Stable Diffusion: it is not read."];

    /// <summary>Whether a file's tensors are named as in the original programs.</summary>
    public static bool Recognizes(IEnumerable<string> names)
    {
        var all = names as IReadOnlySet<string> ?? names.ToHashSet(StringComparer.Ordinal);
        return HasUNet(all) || HasControlNet(all) || HasAutoencoder(all);
    }

    /// <summary>Opens one of a file's text encoders by itself; the file is closed with it.</summary>
    /// <inheritdoc cref="SingleFile(IWeights, SingleFileHints)" path="/param|/exception"/>
    /// <param name="path">The file.</param>
    /// <param name="hints">What no tensor tells.</param>
    /// <param name="place">Its place in <see cref="Texts"/>.</param>
    public static IWeights OpenText(string path, SingleFileHints hints, int place)
    {
        var file = WeightFile.OpenNetwork(path);
        try
        {
            return new SingleFile(file, hints).Texts[place].Weights.WithFile();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a U-Net, as trained or averaged.</summary>
    public static bool HasUNet(IReadOnlySet<string> names) => names.Contains(SingleFileNames.UNet + SingleFileNames.FirstConvolution)
        || AverageNames.Of(SingleFileNames.FirstConvolution).Any(name => names.Contains(SingleFileNames.Average + name));

    /// <summary>Whether there is a ControlNet.</summary>
    public static bool HasControlNet(IReadOnlySet<string> names) => PrefixOf(names, SingleFileNames.ControlNet, SingleFileNames.FirstPictureLayer) is not null;

    /// <summary>Whether there is an autoencoder.</summary>
    public static bool HasAutoencoder(IReadOnlySet<string> names) =>
        PrefixOf(names, SingleFileNames.Autoencoder, SingleFileNames.FirstEncoderLayer) is not null;

    /// <summary>The shape of a ControlNet.</summary>
    /// <param name="weights">Its tensors in diffusers' names.</param>
    /// <param name="hints">What they do not tell.</param>
    public static ControlNetOptions ControlNetShape(IWeights weights, SingleFileHints hints) =>
        UNetInference.ControlNet(weights, hints) with { GlobalPoolConditions = hints.GlobalPool == true };

    private string? ControlPrefix => PrefixOf(_names, SingleFileNames.ControlNet, SingleFileNames.FirstPictureLayer);

    private string? AutoencoderPrefix => PrefixOf(_names, SingleFileNames.Autoencoder, SingleFileNames.FirstEncoderLayer);

    private static string? PrefixOf(IReadOnlySet<string> names, string prefix, string tensor) =>
        new[] { prefix, "" }.FirstOrDefault(start => names.Contains(start + tensor));

    /// <summary>By what latents are multiplied, where the file measured it and nothing else says it.</summary>
    private double? Scale()
    {
        const string Name = "scale_factor";
        if (_hints.ScalingFactor is { } told) { return told; }
        if (!Has(Name) || _file.Shape(Name).Aggregate(1L, (product, size) => product * size) != 1) { return null; }
        using var scale = _file.Read(Name, torch.ScalarType.Float64);
        double value = scale.reshape(1).ToDouble();
        return value > 0 && double.IsFinite(value) ? value : null;
    }

    private static bool IsOtherPart(string name) => SingleFileNames.Parts.Any(part => name.StartsWith(part, StringComparison.Ordinal));

    private List<string> Surplus() => _file.Names.Where(name => !_used.Contains(name) && !SingleFileNames.IsHarmless(name)
        // Of weights as trained and averaged, one is taken.
        && !name.StartsWith(SingleFileNames.Average, StringComparison.Ordinal) && !name.StartsWith(SingleFileNames.UNet, StringComparison.Ordinal)).ToList();

    private IEnumerable<SingleFilePart<ClipTextOptions>> ReadTexts()
    {
        foreach (string prefix in new[] { SingleFileNames.ClipText, SingleFileNames.FirstText })
        {
            if (Below(prefix) is not { Count: > 0 } clip) { continue; }
            var text = Renamed(clip.Select(name => new RenamedTensor(name, prefix + name)));
            yield return new(text, ClipTextInference.Read(text, _hints, quickGelu: true));
        }
        foreach (string prefix in new[] { SingleFileNames.OpenClipText, SingleFileNames.SecondText })
        {
            bool second = prefix == SingleFileNames.SecondText;
            if (Below(prefix) is not { Count: > 0 } openClip) { continue; }
            var text = Renamed(OpenClipTextNames.Map(openClip, prefix, withLast: second, withProjection: second));
            yield return new(text, ClipTextInference.Read(text, _hints, quickGelu: false, place: second ? 1 : 0));
        }
    }

    private string UNetSource(string name)
    {
        if (!IsAverage) { return SingleFileNames.UNet + name; }
        return AverageOf(name) is { } average ? SingleFileNames.Average + average
            : throw new McdmException("WeightsMissing", ErrorKind.InvalidData,
                $"'{_file.Path}' holds weights averaged over training, but none for '{SingleFileNames.UNet}{name}'; it was cut short or damaged.");
    }

    private bool HasAverage(string name) => AverageOf(name) is not null;

    private string? AverageOf(string name) => AverageNames.Of(name).FirstOrDefault(average => Has(SingleFileNames.Average + average));

    private RenamedWeights Renamed(IEnumerable<RenamedTensor> tensors)
    {
        var all = tensors.ToList();
        _used.UnionWith(all.Select(tensor => tensor.Source));
        return new(_file, all);
    }

    /// <summary>Channels of each size that the U-Net is told: what is left beside a sentence's vector, whose width the text encoder shows.</summary>
    private int? SizeChannels(RenamedWeights unet)
    {
        const string Told = "add_embedding.linear_1.weight", Projection = "text_projection.weight";
        return unet.Names.Contains(Told) && Texts is [_, { Weights: var second }] && second.Names.Contains(Projection)
            ? (new TensorShapes(unet).Size(Told, 1) - new TensorShapes(second).Size(Projection, 0)) / Sizes : null;
    }

    private bool Has(string name) => _names.Contains(name);

    private List<string> Below(string prefix) => _file.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => name[prefix.Length..]).ToList();
}
