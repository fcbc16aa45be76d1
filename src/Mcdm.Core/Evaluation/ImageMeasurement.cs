using Mcdm.Modalities;

namespace Mcdm.Evaluation;

/// <summary>A statement of a sentence, and what the judge sees.</summary>
/// <param name="Statement">What the sentence states.</param>
/// <param name="Seen">The value that the judge sees; null where something hides it.</param>
public sealed record JudgedStatement(Statement Statement, string? Seen)
{
    /// <summary>Whether the picture obeys; null where that cannot be seen.</summary>
    public bool? Obeyed => Seen is null ? null : Statement.Values.Contains(Seen);

    /// <inheritdoc/>
    public override string ToString() => Obeyed switch
    {
        true => $"{Statement.Attribute}: {Seen}",
        false => $"{Statement.Attribute}: {Seen}, not {string.Join(" or ", Statement.Values)}",
        null => $"{Statement.Attribute}: hidden",
    };
}

/// <summary>How well a picture shows a part of a mask.</summary>
/// <param name="Part">Name of the part.</param>
/// <param name="Overlap">Intersection over union, 0…1.</param>
public sealed record PartOverlap(string Part, double Overlap)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Part}: {Overlap:0.000}";
}

/// <summary>How well one picture obeys each of its conditions, null for modalities that it has no condition of, and how smooth it is.</summary>
public sealed record ImageMeasurement
{
    /// <summary>The picture's name.</summary>
    public required string Name { get; init; }

    /// <summary>The picture's seed; null for one that was not sampled.</summary>
    public long? Seed { get; init; }

    /// <summary>Share of the sentence's statements that are true of the picture, 0…1, those that cannot be seen left out.</summary>
    public double? Text { get; init; }

    /// <summary>Mean intersection over union of the mask's parts, 0…1.</summary>
    public double? Segment { get; init; }

    /// <summary>F1 of the picture's edges and the sketch's lines, 0…1, a pixel apart at most.</summary>
    public double? Sketch { get; init; }

    /// <summary>Chamfer distance of the picture's edges and the sketch's lines, in pixels.</summary>
    public double? Chamfer { get; init; }

    /// <summary>Peak signal-to-noise ratio of the picture's own low-resolution version against the wanted one, in decibels.</summary>
    public double? LowResolution { get; init; }

    /// <summary>Grain of the upper left corner, rms in levels (1/255): see <see cref="Evaluation.Grain.InCorner"/>.</summary>
    public required double Grain { get; init; }

    /// <summary>Share of the neighbourhoods of 3×3 pixels that are flat, 0…1: see <see cref="Flatness"/>. Null for a picture with a side under 3 pixels.</summary>
    public double? FlatShare { get; init; }

    /// <summary>The sentence's statements, one by one.</summary>
    public IReadOnlyList<JudgedStatement> Statements { get; init; } = [];

    /// <summary>The mask's parts, one by one.</summary>
    public IReadOnlyList<PartOverlap> Parts { get; init; } = [];

    /// <summary>What the judge sees in the picture: the value of each attribute, null where something hides it; none where it has not looked.</summary>
    public required IReadOnlyDictionary<string, string?> Attributes { get; init; }

    /// <summary>Grain in the places that are flat in the reference; null without one, without such places, or where the sizes differ.</summary>
    internal double? GrainOfFlat { get; init; }

    /// <summary>The picture's power spectrum.</summary>
    internal RadialSpectrum? Spectrum { get; init; }

    /// <summary>The judge's features of the picture, which sets are compared by; none where it has not looked.</summary>
    internal float[] Features { get; init; } = [];

    /// <summary>Tells one composition of conditions from another.</summary>
    internal string Composition { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
