using System.Text.Json.Serialization;
using Mcdm.Modalities;

namespace Mcdm.Evaluation;

/// <summary>How well a picture, or the mean of a set, follows its conditions of one modality.</summary>
/// <param name="Modality">The modality.</param>
/// <param name="Score">The modality's own measure, more is better.</param>
public sealed record ModalityScore(Modality Modality, double Score)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Modality}: {Score:0.000}");
}

/// <summary>How well one picture follows each of its conditions, null for modalities that it has no condition of, and how smooth it is.</summary>
public sealed record ImageMeasurement
{
    /// <summary>The picture's name.</summary>
    public required string Name { get; init; }

    /// <summary>The file that the picture was read from; null for one that was made in memory.</summary>
    public string? Path { get; init; }

    /// <summary>The picture's seed; null for one that was not sampled.</summary>
    public long? Seed { get; init; }

    /// <summary>The score of each modality that it has conditions of, where it can be seen.</summary>
    public IReadOnlyList<ModalityScore> Scores { get; init; } = [];

    /// <summary>Share of the sentence's statements that are true of the picture, 0…1, those that cannot be seen left out.</summary>
    public double? Text => ScoreOf(Modality.Text);

    /// <summary>Mean intersection over union of the mask's parts, 0…1.</summary>
    public double? Segment => ScoreOf(Modality.Segment);

    /// <summary>F1 of the picture's edges and the sketch's lines, 0…1, a pixel apart at most.</summary>
    public double? Sketch => ScoreOf(Modality.Sketch);

    /// <summary>Chamfer distance of the picture's edges and the sketch's lines, in pixels.</summary>
    public double? Chamfer { get; init; }

    /// <summary>Peak signal-to-noise ratio of the picture's own low-resolution version against the wanted one, in decibels.</summary>
    public double? LowResolution => ScoreOf(Modality.LowResolution);

    /// <summary>Grain of the upper left corner, rms in levels (1/255): see <see cref="Evaluation.Grain.InCorner"/>.</summary>
    public required double Grain { get; init; }

    /// <summary>
    /// Share of the neighbourhoods of 3×3 pixels that are flat, 0…1: see <see cref="Flatness"/>. Null for a picture with a side under 3 pixels.
    /// </summary>
    public double? FlatShare { get; init; }

    /// <summary>The sentence's statements, one by one.</summary>
    public IReadOnlyList<JudgedStatement> Statements { get; init; } = [];

    /// <summary>What the sentence says in words that the judge knows, of things that it never saw so.</summary>
    public IReadOnlyList<UnseenCombination> Unseen { get; init; } = [];

    /// <summary>What the sentence states and the picture does not show, or nobody ever saw, for people to read.</summary>
    public string NotFollowed => string.Join("; ",
        [.. Statements.Where(judged => judged.Followed == false), .. Unseen.Select(combination => combination.NotFollowed)]);

    /// <summary>Conditions that the judge cannot tell of, with the reason, in a sentence each.</summary>
    public IReadOnlyList<string> NotMeasured { get; init; } = [];

    /// <summary>The mask's parts, one by one.</summary>
    public IReadOnlyList<PartOverlap> Parts { get; init; } = [];

    /// <summary>What the judge sees in the picture: the value of each attribute, null where something hides it; none where it has not looked.</summary>
    public required IReadOnlyDictionary<string, string?> Attributes { get; init; }

    /// <summary>What the modalities of its conditions measure, by the names of their columns (<see cref="Modality.ResultColumns"/>).</summary>
    [JsonInclude]
    internal IReadOnlyDictionary<string, double> Results { get; init; } = new Dictionary<string, double>();

    /// <summary>Grain in the places that are flat in the reference; null without one, without such places, or where the sizes differ.</summary>
    [JsonInclude]
    internal double? GrainOfFlat { get; init; }

    [JsonInclude]
    internal RadialSpectrum? Spectrum { get; init; }

    /// <summary>The judge's features of the picture, which sets are compared by; none where it has not looked.</summary>
    [JsonInclude]
    internal float[] Features { get; init; } = [];

    /// <summary>Tells one composition of conditions from another.</summary>
    [JsonInclude]
    internal string Composition { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Name;

    private double? ScoreOf(Modality modality) => Scores.FirstOrDefault(score => score.Modality == modality)?.Score;
}
