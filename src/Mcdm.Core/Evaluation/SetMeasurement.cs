using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>How often a kind of statement is obeyed over a set.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Obeyed">Share of the statements that are true, 0…1; null where none can be seen.</param>
/// <param name="Statements">Statements that can be seen.</param>
/// <param name="Hidden">Statements that cannot be seen.</param>
public sealed record AttributeScore(string Attribute, double? Obeyed, int Statements, int Hidden)
{
    /// <inheritdoc/>
    public override string ToString() => Obeyed is { } share ? $"{Attribute}: {share:0.000} of {Statements}" : $"{Attribute}: hidden";
}

/// <summary>A set of pictures: means of how well they obey their conditions, and how the set compares with a reference.</summary>
public sealed record SetMeasurement
{
    /// <summary>Fewest pictures of a set that is compared with another.</summary>
    public const int FewestPictures = 50;

    /// <summary>Pictures in the set.</summary>
    public required int Pictures { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.Text"/> over the pictures that have it.</summary>
    public double? Text { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.Segment"/> over the pictures that have it.</summary>
    public double? Segment { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.Sketch"/> over the pictures that have it.</summary>
    public double? Sketch { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.Chamfer"/> over the pictures that have it, in pixels.</summary>
    public double? Chamfer { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.LowResolution"/> over the pictures that have it, in decibels.</summary>
    public double? LowResolution { get; init; }

    /// <summary>Each attribute that is stated, over all pictures.</summary>
    public IReadOnlyList<AttributeScore> Statements { get; init; } = [];

    /// <summary>Mean intersection over union of each part that is stated, over the pictures that state it.</summary>
    public IReadOnlyList<PartOverlap> Parts { get; init; } = [];

    /// <summary>Mean distance of two pictures of one composition, over the compositions of two pictures or more; null where there is none.</summary>
    public double? Diversity { get; init; }

    /// <summary>Pictures in the reference; null without one.</summary>
    public int? Reference { get; init; }

    /// <summary>Fréchet distance to the reference on the judge's features (FID); null without a reference.</summary>
    public double? Fid { get; init; }

    /// <summary>Kernel distance to the reference on the judge's features (KID); null without a reference.</summary>
    public double? Kid { get; init; }

    /// <summary>Share of the pictures that could be the reference's, 0…1; null without a reference.</summary>
    public double? Precision { get; init; }

    /// <summary>Share of the reference that could be the pictures', 0…1; null without a reference.</summary>
    public double? Recall { get; init; }

    /// <summary>Sums up measurements.</summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="reference">What the judge sees in the reference's pictures; null for none.</param>
    /// <exception cref="McdmException"><c>TooFewPictures</c>: there is a reference, and one of the sets is small.</exception>
    public static SetMeasurement Of(IReadOnlyList<ImageMeasurement> pictures, IReadOnlyList<Judgement>? reference = null)
    {
        using var scope = NewDisposeScope();
        var set = new SetMeasurement
        {
            Pictures = pictures.Count,
            Text = pictures.Average(picture => picture.Text),
            Segment = pictures.Average(picture => picture.Segment),
            Sketch = pictures.Average(picture => picture.Sketch),
            Chamfer = pictures.Average(picture => picture.Chamfer),
            LowResolution = pictures.Average(picture => picture.LowResolution),
            Statements = pictures.SelectMany(picture => picture.Statements).GroupBy(judged => judged.Statement.Attribute).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new AttributeScore(group.Key, group.Average(judged => judged.Obeyed switch { true => 1.0, false => 0.0, null => (double?)null }),
                    group.Count(judged => judged.Seen is not null), group.Count(judged => judged.Seen is null))).ToList(),
            Parts = pictures.SelectMany(picture => picture.Parts).GroupBy(part => part.Part).Select(group => new PartOverlap(group.Key, group.Average(part => part.Overlap))).ToList(),
            Diversity = pictures.GroupBy(picture => picture.Composition).Where(group => group.Count() > 1)
                .Average(group => (double?)Evaluation.Diversity.Of(Features(group.Select(picture => picture.Features)))),
        };
        if (reference is null) { return set; }
        RequireEnough(pictures.Count, "The set");
        RequireEnough(reference.Count, "The reference");
        var (x, y) = (Features(pictures.Select(picture => picture.Features)), Features(reference.Select(picture => picture.Features)));
        var (precision, recall) = PrecisionRecall.Of(x, y);
        return set with
        {
            Reference = reference.Count,
            Fid = FrechetDistance.BetweenSamples(x, y),
            Kid = KernelDistance.Between(x, y),
            Precision = precision,
            Recall = recall,
        };
    }

    /// <summary>Refuses a set that is too small to be compared with another.</summary>
    /// <param name="count">Its pictures.</param>
    /// <param name="what">What to call it in the message.</param>
    /// <exception cref="McdmException"><c>TooFewPictures</c>.</exception>
    public static void RequireEnough(int count, string what)
    {
        if (count < FewestPictures)
        {
            throw new McdmException("TooFewPictures", ErrorKind.InvalidArgument,
                $"{what} has {count} pictures, but distances between sets (FID, KID, precision, recall) need {FewestPictures} at least: from fewer, the covariance of the features says more about the sample than about the set.");
        }
    }

    private static Tensor Features(IEnumerable<float[]> features) => stack(features.Select(values => tensor(values)));
}
