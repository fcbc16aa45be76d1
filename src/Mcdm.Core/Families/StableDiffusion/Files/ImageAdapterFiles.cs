using System.Globalization;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;
using Mcdm.Weights.Reading;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>An IP-Adapter on disk, one file, and the picture encoder that it reads by, which is another.</summary>
/// <param name="Name">What its expert is called.</param>
/// <param name="Path">The file.</param>
/// <param name="Weights">Its weights.</param>
internal sealed record ImageAdapterFiles(string Name, string Path, IWeights Weights) : AdditionFiles(Name, Path)
{
    private const string Projection = ImageAdapterModel.Projection + ".", Attentions = ImageAdapterModel.Attentions + ".", Key = ".to_k_ip.weight";

    /// <summary>Numbers of vectors of a face recogniser.</summary>
    private const long FaceWidth = 512;

    /// <summary>What is read of pictures, by its numbers, in words: of a picture as one vector, and of its tokens.</summary>
    private static readonly Dictionary<(bool Tokens, long Width), string> s_encoders = new()
    {
        [(false, 1024)] = Huge, [(true, 1280)] = Huge, [(false, 1280)] = BigG, [(true, 1664)] = BigG,
    };

    private const string Huge = "CLIP's ViT-H (models/image_encoder of the published repository)",
        BigG = "CLIP's ViT-bigG (sdxl_models/image_encoder of the published repository)";

    /// <inheritdoc/>
    public override string Kind => "IP-Adapter";

    /// <summary>The encoder that it reads pictures by; null until it is found.</summary>
    public ImageEncoderFiles? Encoder { get; init; }

    /// <summary>Whether a file's tensors are an adapter's of a kind that is run.</summary>
    public static bool Recognizes(IReadOnlySet<string> names) => Holds(names) && !IsOfFaces(names);

    /// <summary>Whether a file's tensors are an adapter's of any kind.</summary>
    public static bool Holds(IReadOnlySet<string> names) => names.Any(name => name.StartsWith(Projection, StringComparison.Ordinal))
        && names.Any(name => name.StartsWith(Attentions, StringComparison.Ordinal));

    /// <summary>Whether it reads what a face recogniser says of a face (FaceID kinds).</summary>
    public static bool IsOfFaces(IReadOnlySet<string> names) => names.Any(name => name.StartsWith(Projection + "perceiver_resampler.", StringComparison.Ordinal)
        || name.EndsWith("_lora.down.weight", StringComparison.Ordinal))
        || (names.Contains(Projection + "proj.0.weight") && names.Contains(Projection + "norm.weight"));

    /// <summary>Opens a file.</summary>
    /// <exception cref="McdmException"><c>ModelKindUnknown</c>: it reads what a face recogniser says.</exception>
    public static ImageAdapterFiles Open(string path)
    {
        var weights = WeightFile.OpenNetwork(path);
        var files = new ImageAdapterFiles(ModelName.Of(path), path, weights)
        {
            Owned = weights, Warnings = [.. FileMetadata.Warnings(weights)], Notes = weights.Notes,
        };
        if (files.Reads is not { Tokens: true, Width: FaceWidth }) { return files; }
        weights.Dispose();
        throw new McdmException("ModelKindUnknown", ErrorKind.NotSupported, $"'{path}' {OfFaces}.");
    }

    /// <summary>Why those of faces are refused, as a clause that follows their path.</summary>
    public const string OfFaces = "is an IP-Adapter that reads vectors of a face recogniser (FaceID, InstantID), which Mcdm does not have; those called "
        + "plus-face and full-face read pictures";

    /// <summary>Whether an encoder gives what it reads.</summary>
    public bool Fits(ImageEncoderFiles encoder) => Given(encoder) == Reads.Width;

    /// <summary>The same with the encoder of several that it was trained with.</summary>
    /// <param name="encoders">Those that are there.</param>
    /// <exception cref="McdmException"><c>ImageEncoderNeeded</c>, <c>ImageEncoderMismatch</c>.</exception>
    public ImageAdapterFiles With(IReadOnlyList<ImageEncoderFiles> encoders)
    {
        if (encoders.FirstOrDefault(Fits) is { } fitting) { return this with { Encoder = fitting }; }
        var (tokens, width) = Reads;
        string wanted = $"{(tokens ? "tokens" : "vectors")} of {width} numbers"
            + (s_encoders.TryGetValue((tokens, width), out string? known) ? $", as {known} gives them" : "");
        throw encoders.Count == 0
            ? new McdmException("ImageEncoderNeeded", ErrorKind.InvalidArgument,
                $"The IP-Adapter '{Path}' reads pictures by an encoder in a folder of its own, which gives {wanted}; give that too: "
                    + $"Import-McdmModel MODEL, {System.IO.Path.GetFileName(Path)}, {ImageEncoderFiles.FolderName} -Join.")
            : new McdmException("ImageEncoderMismatch", ErrorKind.InvalidArgument,
                $"The IP-Adapter '{Path}' reads {wanted}, and the picture encoder '{encoders[0].Path}' gives {Given(encoders[0])}; give the one that it was "
                    + "trained with.");
    }

    private protected override string? Problem(LatentDiffusionFiles model)
    {
        long own = model.UNet.Options.ContextChannels;
        var keys = Weights.Names.Where(name => name.StartsWith(Attentions, StringComparison.Ordinal) && name.EndsWith(Key, StringComparison.Ordinal)).ToList();
        if (keys.Select(name => Weights.Shape(name)).FirstOrDefault(shape => shape is not [_, var width] || width != own) is { } other)
        {
            long its = other is [_, var width] ? width : 0;
            return $"it makes tokens of {its} numbers{(StableDiffusionVersion.OfWidth(its) is { } version ? $" ({version.Name})" : "")} and the U-Net reads "
                + $"tokens of {own} numbers ({model.Version.Name})";
        }
        var attentions = AttentionsOf(model).ToList();
        return keys.Count != attentions.Count ? $"it has keys for {keys.Count} attentions to a sentence and the U-Net has {attentions.Count}"
            : attentions.Select((attention, i) => (attention, Name: Numbered(i) + Key)).FirstOrDefault(pair =>
                !keys.Contains(pair.Name) || Weights.Shape(pair.Name)[0] != pair.attention.Width) is { Name: { } wrong }
                ? $"'{wrong}' is not of the width of the U-Net's attention in its place" : null;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(UNetAddition Addition, string Fingerprint)> Open(AdditionHost host) =>
        [(new ImagePromptAddition(Name, Network(host), host.Encoder(Encoder!), host.Lifetime),
            WeightFingerprint.Join([WeightFingerprint.Of(Weights), WeightFingerprint.Of(Encoder!.Weights)]))];

    /// <summary>Reads the network alone.</summary>
    /// <inheritdoc cref="Open(AdditionHost)" path="/param|/exception"/>
    internal ImageAdapterModel Network(AdditionHost host)
    {
        var attentions = AttentionsOf(host.Model).ToList();
        var places = attentions.Select((attention, i) => (Number: Numbered(i) + ".", Own: $"{Attentions}{attention.Name}.")).ToList();
        // Of an attention's number, its name in the U-Net; a tensor of another number keeps its name, and is told as surplus.
        var named = Weights.Names.Select(name => places.Find(place => name.StartsWith(place.Number, StringComparison.Ordinal)) is { Number: { } number } place
            ? new RenamedTensor(place.Own + name[number.Length..], name) : new RenamedTensor(name, name));
        return new ImageAdapterModel(host.Read(new RenamedWeights(Weights, named)), attentions, host.Model.UNet.Options.ContextChannels);
    }

    /// <summary>What it reads of pictures: whether all tokens or one vector, and its numbers; 0 where the file does not tell.</summary>
    private (bool Tokens, long Width) Reads => Columns("proj_in.weight") is { } resampled ? (true, resampled)
        : Columns("proj.0.weight") is { } perceived ? (true, perceived) : (false, Columns("proj.weight") ?? 0);

    private long? Columns(string name) => Weights.Names.Contains(Projection + name) && Weights.Shape(Projection + name) is [_, var columns] ? columns : null;

    private long Given(ImageEncoderFiles encoder) => Reads.Tokens ? encoder.Options.HiddenSize : encoder.Options.ProjectionDim;

    /// <summary>All attentions have a number, and every second is one to the sentence.</summary>
    private static string Numbered(int attention) => Attentions + (2 * attention + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>The U-Net's attentions to a sentence, in the order in which adapters number them: the way down, the way up, the middle.</summary>
    private static IEnumerable<(string Name, long Width)> AttentionsOf(LatentDiffusionFiles model)
    {
        const string End = ".attn2.to_k.weight";
        // Numbers in order of their size.
        const int LongestPart = 32;
        string[] ways = ["down_blocks", "up_blocks", "mid_block"];
        return model.UNet.Weights.Names.Where(name => name.EndsWith(End, StringComparison.Ordinal))
            .OrderBy(name => Array.FindIndex(ways, way => name.StartsWith(way, StringComparison.Ordinal)))
            .ThenBy(name => string.Concat(name.Split('.').Select(part => part.PadLeft(LongestPart))), StringComparer.Ordinal)
            .Select(name => (name[..^".to_k.weight".Length], model.UNet.Weights.Shape(name)[0]));
    }
}
