using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using static TorchSharp.torch;

namespace Mcdm.Modalities.Segment;

/// <summary>
/// A partial segmentation mask as one channel a part and a last one for "unknown": the part is not stated there, which
/// differs from background.
/// </summary>
public sealed class SegmentEncoder : ConditionEncoder
{
    /// <summary>Class of pixels that state nothing.</summary>
    public const byte Unknown = byte.MaxValue;

    private readonly int _width, _height;
    private readonly Dictionary<int, byte> _classOfColor;

    /// <param name="parts">The classes, in the order of the channels.</param>
    /// <param name="width">Columns of the model's pictures.</param>
    /// <param name="height">Rows of the model's pictures.</param>
    public SegmentEncoder(IReadOnlyList<Part> parts, int width, int height) : base(Modality.Segment)
    {
        Parts = parts;
        (_width, _height) = (width, height);
        _classOfColor = parts.Select((part, i) => (part.Rgb, (byte)i)).ToDictionary();
    }

    /// <inheritdoc/>
    public override EncoderData Data => new() { Parts = Parts };

    /// <summary>The classes, in the order of the channels.</summary>
    public IReadOnlyList<Part> Parts { get; }

    /// <summary>Channels of the encoded mask: the parts and "unknown".</summary>
    public int Channels => Parts.Count + 1;

    /// <inheritdoc/>
    protected override EncodedCondition EncodeValue(Condition condition, Action<string>? note)
    {
        var (classes, isEdited) = Read(condition, note);
        return new EncodedCondition(OneHot(classes), condition.With(ToPicture(classes)), Doubt(condition, classes, isEdited));
    }

    /// <summary>What of a mask may not be meant, which only who knows the parts can see; null for nothing.</summary>
    private string? Doubt(Condition condition, byte[] classes, bool isEdited)
    {
        string? said = classes.All(part => part == Unknown)
                ? (condition.Parts is { } parts ? $"no pixel of it is {string.Join(" or ", parts)}" : "all of it is transparent") + ", so it states nothing"
            : classes[0] != Unknown && classes.All(part => part == classes[0]) ? $"all of it is {Parts[classes[0]].Name}"
            : isEdited
                ? "its colours are a level or two off those of parts, as some editors leave them: each is taken for the part's that it is nearest to" : null;
        return said is null ? null : $"{condition}: {said}.";
    }

    /// <inheritdoc/>
    public override object? Label(ILabelledPicture item, Func<Picture> picture, string expert) =>
        Classes(Condition.FromSegment(item.ReadMask!(), source: item.MaskPath));

    /// <inheritdoc/>
    public override LabelView View(object? label, ILabelledPicture item) => new(ToPicture((byte[])label!));

    /// <summary>The mask with some of its parts unknown.</summary>
    public override Tensor EncodeLabel(object? label, ILabelledPicture item, Random random) => OneHot(PartialMask.Of((byte[])label!, Parts.Count, random));

    /// <summary>Classes, row by row, as [1, parts + 1, height, width] float32.</summary>
    public Tensor OneHot(byte[] classes)
    {
        int pixels = _width * _height;
        var channels = new float[Channels * pixels];
        for (int i = 0; i < pixels; i++)
        {
            int channel = classes[i] == Unknown ? Parts.Count : classes[i];
            channels[channel * pixels + i] = 1;
        }
        return tensor(channels).reshape(1, Channels, _height, _width);
    }

    /// <summary>The class of every pixel of a mask at the model's size, row by row; <see cref="Unknown"/> where nothing is stated.</summary>
    /// <exception cref="McdmException">A colour that is no part's, or a part name that the model lacks.</exception>
    public byte[] Classes(Condition condition, Action<string>? note = null) => Read(condition, note).Classes;

    /// <summary>The same, and whether colours were those of parts but for a level or two.</summary>
    private (byte[] Classes, bool IsEdited) Read(Condition condition, Action<string>? note)
    {
        var given = condition.Picture!;
        var stored = given.IsLossy ? SmearedMask.Sharp(given, Parts, Describe(condition)) : EditedMask.Exact(given, _classOfColor.Keys);
        var mask = PictureResize.ToSize(stored, _width, _height, ResizeKind.Majority, note);
        bool[] stated = Stated(condition.Parts);
        var classes = new byte[_width * _height];
        for (int i = 0; i < classes.Length; i++)
        {
            var pixel = mask.Rgba.AsSpan(4 * i, 4);
            if (pixel[3] < 128)
            {
                classes[i] = Unknown;
                continue;
            }
            int rgb = pixel[0] << 16 | pixel[1] << 8 | pixel[2];
            if (!_classOfColor.TryGetValue(rgb, out byte part))
            {
                var (column, row) = PictureResize.SourceIn(stored, _width, _height, i % _width, i / _width, ResizeKind.Majority);
                throw new McdmException("MaskColorUnknown", ErrorKind.InvalidData,
                    $"{Describe(condition)} has colour #{rgb:x6} at column {column}, row {row}, which is no part's; the nearest is {Nearest(rgb)}. "
                    + $"The parts are: {string.Join(", ", Parts)}; transparent is unknown.");
            }
            classes[i] = stated[part] ? part : Unknown;
        }
        return (classes, !given.IsLossy && stored != given);
    }

    /// <summary>A mask picture in the parts' colours; unknown is transparent.</summary>
    public Picture ToPicture(byte[] classes)
    {
        int[] colors = Parts.Select(part => part.Rgb).ToArray();
        var rgba = new byte[4 * classes.Length];
        for (int i = 0; i < classes.Length; i++)
        {
            if (classes[i] == Unknown) { continue; }
            int rgb = colors[classes[i]];
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb, 255);
        }
        return new Picture(_width, _height, rgba);
    }

    private bool[] Stated(IReadOnlyList<string>? names)
    {
        var stated = new bool[Parts.Count];
        if (names is null)
        {
            Array.Fill(stated, true);
            return stated;
        }
        foreach (string name in names)
        {
            int part = Parts.ToList().FindIndex(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (part < 0)
            {
                throw new McdmException("PartUnknown", ErrorKind.InvalidArgument,
                    $"'{name}' is no part of this model's masks; the parts are: {string.Join(", ", Parts.Select(p => p.Name))}.");
            }
            stated[part] = true;
        }
        return stated;
    }

    private Part Nearest(int rgb)
    {
        static int Square(int x) => x * x;
        int Distance(int other) => Square((rgb >> 16) - (other >> 16)) + Square((rgb >> 8 & 255) - (other >> 8 & 255)) + Square((rgb & 255) - (other & 255));
        return Parts.MinBy(part => Distance(part.Rgb))!;
    }
}
