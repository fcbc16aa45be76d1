using Mcdm.Generation;
using Mcdm.Imaging;
using Mcdm.Modalities;

namespace Mcdm.Evaluation;

/// <summary>What a picture should show, by its conditions, in the terms of a judge.</summary>
public sealed class Expectation
{
    private readonly McdmImage _image;
    private readonly Judge _judge;
    private readonly string _composition;
    private readonly List<Statement> _statements = [];
    private readonly List<byte[]> _masks = [];
    private readonly List<bool[]> _sketches = [];
    private readonly List<Picture> _colors = [];
    private readonly LowResolutionEncoder _lowResolution;

    /// <param name="judge">Who will look at the picture.</param>
    /// <param name="image">The picture.</param>
    /// <param name="conditions">What it should obey; none where it is a member of a set and no more.</param>
    /// <exception cref="McdmException">
    /// The judge is of another domain: <c>JudgeSize</c>, <c>JudgeParts</c> (the mask has other parts), <c>JudgeAttributes</c>
    /// (the sentence states nothing that it knows).
    /// </exception>
    public Expectation(Judge judge, McdmImage image, IReadOnlyList<Condition> conditions)
    {
        _judge = judge;
        _image = image;
        if (conditions.Count > 0) { judge.RequireSize(image.Picture, $"'{image.FileName}'"); }
        Picture = PictureResize.Flatten(image.Picture);
        _lowResolution = new LowResolutionEncoder(judge.ImageSize, judge.ImageSize);
        _composition = string.Join(' ', conditions.Select(condition => condition.ContentHash).Order(StringComparer.Ordinal));
        foreach (var condition in conditions)
        {
            switch (condition.Modality)
            {
                case Modality.Text: _statements.AddRange(Statements(condition)); break;
                case Modality.Segment: _masks.Add(Mask(condition)); break;
                case Modality.Sketch: _sketches.Add(SketchLines.Read(condition.Picture!, Picture.Width, Picture.Height)); break;
                case Modality.LowResolution: _colors.Add(_lowResolution.Reduce(condition.Picture!)); break;
                default: throw new McdmException("JudgeModality", ErrorKind.NotSupported, $"A {condition.Modality} condition cannot be measured by this version.");
            }
        }
    }

    /// <summary>The picture at its own size, without transparency.</summary>
    public Picture Picture { get; }

    /// <summary>
    /// Compares with what the judge sees in <see cref="Picture"/>. Attributes and parts are those at the judge's size; edges, colours and
    /// grain are the picture's at its own size, and the lines of sketches are read at that size.
    /// </summary>
    /// <param name="seen">What the judge sees; <see cref="Judgement.None"/> where it has not looked, as long as there are no conditions.</param>
    /// <param name="reference">What the picture's set is compared with; null for nothing.</param>
    public ImageMeasurement Against(Judgement seen, ReferenceSet? reference = null)
    {
        var statements = _statements.ConvertAll(statement => new JudgedStatement(statement, seen.Attributes[statement.Attribute]));
        var overlap = new IntersectionOverUnion(_judge.Parts.Count);
        foreach (byte[] mask in _masks) { overlap.Add(seen.Parts, mask); }
        bool[] edges = _sketches.Count > 0 ? CannyEdges.Find(Picture) : [];
        return new ImageMeasurement
        {
            Name = _image.Name ?? _image.Model ?? _image.FileName,
            Seed = _image.Seed,
            Text = statements.Average(statement => statement.Obeyed switch { true => 1.0, false => 0.0, null => (double?)null }),
            Statements = statements,
            Segment = overlap.Mean(),
            Parts = _judge.Parts.Select((part, i) => overlap.Of(i) is { } value ? new PartOverlap(part.Name, value) : null).OfType<PartOverlap>().ToList(),
            Sketch = _sketches.Average(lines => (double?)EdgeAgreement.F1(edges, lines, Picture.Width)),
            Chamfer = _sketches.Average(lines => (double?)ChamferDistance.Between(edges, lines, Picture.Width)),
            LowResolution = _colors.Average(wanted => (double?)PeakSignalToNoise.Between(_lowResolution.Reduce(Picture), wanted)),
            Grain = Grain.InCorner(Picture),
            FlatShare = Flatness.Share(Flatness.Of(Picture)),
            GrainOfFlat = reference?.Flat is { } flat ? Grain.At(Picture, flat) : null,
            Spectrum = RadialSpectrum.Of(Picture),
            Attributes = seen.Attributes,
            Features = seen.Features,
            Composition = _composition,
        };
    }

    private IReadOnlyList<Statement> Statements(Condition condition)
    {
        var statements = _judge.Phrases.Read(condition.Text!);
        return statements.Count > 0 ? statements : throw new McdmException("JudgeAttributes", ErrorKind.InvalidArgument, _judge.StatedAttributes.Count == 0
            ? $"The judge '{_judge.Name}' reads no sentences, so '{condition.Text}' cannot be measured; train one on a dataset with labels.jsonl and phrases.json."
            : $"'{condition.Text}' states nothing that the judge '{_judge.Name}' has words for; it reads statements about {string.Join(", ", _judge.StatedAttributes)}.");
    }

    private byte[] Mask(Condition condition)
    {
        if (_judge.Masks is null)
        {
            throw new McdmException("JudgeParts", ErrorKind.InvalidArgument, $"The judge '{_judge.Name}' knows no parts, so {condition} cannot be measured; train one on a dataset with masks.");
        }
        try
        {
            return _judge.Masks.Classes(condition);
        }
        catch (McdmException e) when (e.Id is "MaskColorUnknown" or "PartUnknown")
        {
            throw new McdmException("JudgeParts", ErrorKind.InvalidArgument, $"The judge '{_judge.Name}' knows other parts than the mask of '{_image.FileName}': {e.Message}", e);
        }
    }
}
