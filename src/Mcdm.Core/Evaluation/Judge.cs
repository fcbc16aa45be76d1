using Mcdm.Diffusion;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>What a judge sees in a picture.</summary>
/// <param name="Attributes">The value of each attribute; null where something hides it.</param>
/// <param name="Parts">The part of every pixel, row by row, as a number of the judge's parts; none for a judge of attributes alone, or where nobody
/// asked for them.</param>
/// <param name="Features">What pictures of a set are compared by.</param>
public sealed record Judgement(IReadOnlyDictionary<string, string?> Attributes, byte[] Parts, float[] Features) : IObservation
{
    /// <summary>Of a picture that the judge has not looked at.</summary>
    public static Judgement None { get; } = new(new Dictionary<string, string?>(), [], []);
}

/// <summary>A network that says what a picture shows: its attributes and the part of every pixel. Owns the network's native memory.</summary>
public sealed class Judge : IJudge, IDisposable
{
    private readonly JudgeDescription _description;
    private readonly JudgeNetwork _network;

    internal Judge(JudgeDescription description, JudgeNetwork network, string path)
    {
        _description = description;
        _network = network;
        Path = path;
        Phrases = new PhraseBook(description.Phrases);
    }

    /// <summary>What users call it.</summary>
    public string Name => _description.Name;

    /// <summary>The folder it was read from.</summary>
    public string Path { get; }

    /// <summary>Side of the square pictures it looks at, in pixels.</summary>
    public int ImageSize => _description.ImageSize;

    /// <summary>The attributes it tells; none for a judge of masks alone.</summary>
    public IReadOnlyList<AttributeDefinition> Attributes => _description.Attributes;

    /// <summary>The parts it tells; none for a judge of attributes alone.</summary>
    public IReadOnlyList<Part> Parts => _description.Parts;

    /// <summary>How it reads sentences.</summary>
    public PhraseBook Phrases { get; }

    /// <summary>The attributes whose statements it understands in sentences.</summary>
    public IReadOnlyList<string> StatedAttributes => _description.Phrases.Select(phrase => phrase.Attribute).Distinct().ToList();

    /// <summary>How it reads masks; null for a judge of attributes alone.</summary>
    public SegmentEncoder? Masks { get; }

    /// <summary>How it was trained.</summary>
    public TrainingSummary? Training => _description.Training;

    /// <summary>Number of trainable parameters.</summary>
    public long Parameters => _network.parameters().Sum(parameter => parameter.numel());

    /// <summary>Classes of an attribute's scores: its values, and "cannot be seen" at the end.</summary>
    internal static int ClassesOf(AttributeDefinition attribute) => attribute.Values.Count + 1;

    /// <summary>Whether it can look at a picture: one of its size, or larger by a whole factor.</summary>
    public bool CanSee(Picture picture) => picture.Width == picture.Height && picture.Width % ImageSize == 0;

    /// <summary>Refuses a picture that is not of the size the judge was trained on or larger by a whole factor.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="name">What to call it in the message.</param>
    /// <exception cref="McdmException"><c>JudgeSize</c>.</exception>
    public void RequireSize(Picture picture, string name)
    {
        if (!CanSee(picture))
        {
            throw new McdmException("JudgeSize", ErrorKind.InvalidArgument,
                $"{name} has {picture.Width}×{picture.Height} pixels, but the judge '{Name}' looks at pictures of {ImageSize}×{ImageSize}, or larger by a "
                    + $"whole factor ({2 * ImageSize}×{2 * ImageSize}, {3 * ImageSize}×{3 * ImageSize}, …); take a judge that was trained on such pictures.");
        }
    }

    /// <summary>Looks at pictures, all at once.</summary>
    /// <param name="pictures">
    /// Pictures of the judge's size, or larger by a whole factor: those are reduced to its size by averaging. What is transparent is white.
    /// </param>
    /// <param name="parts">Whether each pixel's part is wanted, too: without them a look takes about half as long.</param>
    /// <exception cref="McdmException"><c>JudgeSize</c>, or <c>JudgeFailed</c>: the network gives no numbers.</exception>
    public IReadOnlyList<Judgement> Look(IReadOnlyList<Picture> pictures, bool parts = true)
    {
        if (pictures.Count == 0) { return []; }
        foreach (var picture in pictures) { RequireSize(picture, "A picture"); }
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var output = _network.forward(stack(pictures.Select(picture => PictureTensor.ToTensor(AtItsSize(picture)))).to(_network.Device), parts);
        float[] features = output.Features.ToFloats();
        if (!Array.TrueForAll(features, float.IsFinite))
        {
            throw new McdmException("JudgeFailed", ErrorKind.InvalidData,
                $"The judge '{Name}' gives no numbers for what it sees; its weights in '{Path}' are damaged.");
        }
        int width = features.Length / pictures.Count, pixels = ImageSize * ImageSize;
        byte[]? places = output.Parts?.argmax(1).to(ScalarType.Byte).cpu().data<byte>().ToArray();
        var seen = Seen(output.Attributes, pictures.Count);
        return Enumerable.Range(0, pictures.Count).Select(i => new Judgement(
            seen[i],
            places is null ? [] : places[(i * pixels)..((i + 1) * pixels)],
            features[(i * width)..((i + 1) * width)])).ToList();
    }

    private Picture AtItsSize(Picture picture)
    {
        var opaque = PictureResize.Flatten(picture);
        return opaque.Width == ImageSize ? opaque : AreaAverage.Reduce(opaque, ImageSize, ImageSize);
    }

    private Dictionary<string, string?>[] Seen(Tensor? scores, int count)
    {
        var seen = Enumerable.Range(0, count).Select(_ => new Dictionary<string, string?>(StringComparer.Ordinal)).ToArray();
        if (scores is null) { return seen; }
        var perAttribute = scores.split(Attributes.Select(attribute => (long)ClassesOf(attribute)).ToArray(), 1);
        foreach (var (attribute, its) in Attributes.Zip(perAttribute))
        {
            long[] best = its.argmax(1).cpu().data<long>().ToArray();
            for (int i = 0; i < count; i++) { seen[i][attribute.Name] = best[i] < attribute.Values.Count ? attribute.Values[(int)best[i]] : null; }
        }
        return seen;
    }

    /// <summary>Disposes the network.</summary>
    public void Dispose() => _network.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Name;
}
