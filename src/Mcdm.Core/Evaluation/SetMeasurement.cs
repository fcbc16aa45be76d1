using System.Text.Json.Serialization;
using Mcdm.Modalities;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>How often a kind of statement is followed over a set.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Followed">Share of the statements that are true, 0…1; null where none can be seen.</param>
/// <param name="Statements">Statements that can be seen.</param>
/// <param name="Hidden">Statements that cannot be seen.</param>
public sealed record AttributeScore(string Attribute, [property: JsonPropertyName("obeyed")] double? Followed, int Statements, int Hidden)
{
    /// <inheritdoc/>
    public override string ToString() => Followed is { } share ? Invariant($"{Attribute}: {share:0.000} of {Statements}") : $"{Attribute}: hidden";
}

/// <summary>A set of pictures: means of how well they follow their conditions, how smooth they are, and how the set compares with a reference.</summary>
public sealed record SetMeasurement
{
    /// <summary>Fewest pictures of a set that is compared with another.</summary>
    public const int FewestPictures = 50;

    /// <summary>Pictures in the set.</summary>
    public required int Pictures { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.Text"/> over the pictures that have it.</summary>
    public double? Text { get; init; }

    /// <summary>Mean score of each modality over the pictures that have it.</summary>
    public IReadOnlyList<ModalityScore> Scores { get; init; } = [];

    /// <summary>Mean of <see cref="ImageMeasurement.Segment"/> over the pictures that have it.</summary>
    public double? Segment { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.Sketch"/> over the pictures that have it.</summary>
    public double? Sketch { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.Chamfer"/> over the pictures that have it, in pixels.</summary>
    public double? Chamfer { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.LowResolution"/> over the pictures that have it, in decibels.</summary>
    public double? LowResolution { get; init; }

    /// <summary>
    /// Mean grain of the pictures, rms in levels (1/255): without a reference that of the upper left corner (<see cref="Evaluation.Grain.InCorner"/>),
    /// with one that of the places where nearly all of its pictures are flat (<see cref="Evaluation.Grain.At"/>), null where there are none.
    /// </summary>
    public double? Grain { get; init; }

    /// <summary>Mean of <see cref="ImageMeasurement.FlatShare"/>, 0…1.</summary>
    public double? FlatShare { get; init; }

    /// <summary>Mean power spectrum of the pictures; null where they differ in size.</summary>
    public RadialSpectrum? Spectrum { get; init; }

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

    /// <summary>Mean grain of the reference in the same places as <see cref="Grain"/>; null without a reference or such places.</summary>
    public double? ReferenceGrain { get; init; }

    /// <summary>Mean flat share of the reference, 0…1; null without a reference.</summary>
    public double? ReferenceFlatShare { get; init; }

    /// <summary>Mean power spectrum of the reference; null without one, or where its pictures differ in size.</summary>
    public RadialSpectrum? ReferenceSpectrum { get; init; }

    /// <summary>Mean of each column of results over the pictures that have it.</summary>
    [JsonInclude]
    internal IReadOnlyDictionary<string, double> Results { get; init; } = new Dictionary<string, double>();

    /// <summary>Sums up measurements.</summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="reference">The reference that the pictures were measured against; null for none.</param>
    /// <param name="warn">Told, in a sentence each, what cannot be measured.</param>
    /// <exception cref="McdmException"><c>TooFewPictures</c>: there is a reference, and one of the sets is small.</exception>
    public static SetMeasurement Of(IReadOnlyList<ImageMeasurement> pictures, ReferenceSet? reference = null, Action<string>? warn = null)
    {
        using var scope = NewDisposeScope();
        var set = new SetMeasurement
        {
            Pictures = pictures.Count,
            Scores = pictures.SelectMany(picture => picture.Scores).GroupBy(score => score.Modality).OrderBy(group => group.Key.Order)
                .Select(group => new ModalityScore(group.Key, group.Average(score => score.Score))).ToList(),
            Results = pictures.SelectMany(picture => picture.Results).GroupBy(result => result.Key, result => result.Value)
                .ToDictionary(values => values.Key, values => values.Average()),
            Text = pictures.Average(picture => picture.Text),
            Segment = pictures.Average(picture => picture.Segment),
            Sketch = pictures.Average(picture => picture.Sketch),
            Chamfer = pictures.Average(picture => picture.Chamfer),
            LowResolution = pictures.Average(picture => picture.LowResolution),
            Grain = pictures.Average(picture => picture.Grain),
            FlatShare = pictures.Average(picture => picture.FlatShare),
            Spectrum = RadialSpectrum.Mean(pictures.Select(picture => picture.Spectrum).OfType<RadialSpectrum>().ToList()),
            Statements = pictures.SelectMany(picture => picture.Statements).GroupBy(judged => judged.Statement.Attribute)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new AttributeScore(group.Key,
                    group.Average(judged => judged.Followed switch { true => 1.0, false => 0.0, null => (double?)null }),
                    group.Count(judged => judged.Seen is not null), group.Count(judged => judged.Seen is null))).ToList(),
            Parts = pictures.SelectMany(picture => picture.Parts).GroupBy(part => part.Part)
                .Select(group => new PartOverlap(group.Key, group.Average(part => part.Overlap))).ToList(),
            Diversity = pictures.Where(picture => picture.Features.Length > 0).GroupBy(picture => picture.Composition).Where(group => group.Count() > 1)
                .Average(group => (double?)Evaluation.Diversity.Of(Features(group.Select(picture => picture.Features)))),
        };
        if (set.Spectrum is null) { warn?.Invoke("The pictures differ in size, so that the set has no mean power spectrum."); }
        if (reference is null) { return set; }
        RequireEnough(pictures.Count, "The set");
        RequireEnough(reference.Seen.Count, "The reference");
        var (x, y) = (Features(pictures.Select(picture => picture.Features)), Features(reference.Seen.Select(picture => picture.Features)));
        var (precision, recall) = PrecisionRecall.Of(x, y);
        bool grainIsMeasured = pictures.All(picture => picture.GrainOfFlat is not null);
        if (reference.Spectrum is null)
        {
            warn?.Invoke("The pictures of the reference differ in size, so that it has no mean power spectrum, and no places where grain could be measured.");
        }
        else if (reference.Flat is null)
        {
            warn?.Invoke(Invariant($"No place is flat in {FlatPlaces.NearlyAll:0 %} of the reference's pictures, so that grain is not measured."));
        }
        else if (!grainIsMeasured)
        {
            warn?.Invoke($"Not all pictures have the {reference.Flat.Width}×{reference.Flat.Height} pixels of the reference's, so that grain is not "
                + "measured where those are flat.");
        }
        return set with
        {
            Grain = grainIsMeasured ? pictures.Average(picture => picture.GrainOfFlat) : null,
            Reference = reference.Seen.Count,
            ReferenceGrain = reference.Grain,
            ReferenceFlatShare = reference.FlatShare,
            ReferenceSpectrum = reference.Spectrum,
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
                $"{what} has {count} pictures, but distances between sets (FID, KID, precision, recall) need {FewestPictures} at least: from fewer, the "
                    + "covariance of the features says more about the sample than about the set.");
        }
    }

    /// <summary>
    /// [pictures, features], of one array: a stack of tensors that nothing else holds could lose one to the garbage collector while libtorch reads it.
    /// </summary>
    private static Tensor Features(IEnumerable<float[]> features)
    {
        float[][] rows = features.ToArray();
        return tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
    }
}
