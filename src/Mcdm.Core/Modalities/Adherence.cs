namespace Mcdm.Modalities;

/// <summary>Who tells what a picture shows: what a modality may ask before it has looked.</summary>
public interface IJudge
{
    /// <summary>What users call it.</summary>
    string Name { get; }

    /// <summary>How it reads sentences.</summary>
    PhraseBook Phrases { get; }

    /// <summary>The attributes whose statements it understands in sentences.</summary>
    IReadOnlyList<string> StatedAttributes { get; }

    /// <summary>The parts it tells; none for a judge of attributes alone.</summary>
    IReadOnlyList<Part> Parts { get; }

    /// <summary>Side in pixels of the pictures that it looks at.</summary>
    int ImageSize { get; }
}

/// <summary>What a judge sees in a picture.</summary>
public interface IObservation
{
    /// <summary>The value of each attribute; null where something hides it.</summary>
    IReadOnlyDictionary<string, string?> Attributes { get; }

    /// <summary>The part of every pixel at the judge's size, row by row; none for a judge of attributes alone.</summary>
    byte[] Parts { get; }
}

/// <summary>A statement of a sentence, and what the judge sees.</summary>
/// <param name="Statement">What the sentence states.</param>
/// <param name="Seen">The value that the judge sees; null where something hides it.</param>
public sealed record JudgedStatement(Statement Statement, string? Seen)
{
    /// <summary>Whether the picture follows; null where that cannot be seen.</summary>
    public bool? Followed => Seen is null ? null : Statement.Values.Contains(Seen);

    /// <inheritdoc/>
    public override string ToString() => Followed switch
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
    public override string ToString() => FormattableString.Invariant($"{Part}: {Overlap:0.000}");
}

/// <summary>How well one picture follows one condition.</summary>
public sealed record Adherence
{
    /// <summary>A part that overlaps less is missed.</summary>
    private const double HalfCovered = 0.5;

    /// <summary>The modality's own measure, more is better; null where it cannot be seen.</summary>
    public double? Score { get; init; }

    /// <summary>A sentence's statements, one by one.</summary>
    public IReadOnlyList<JudgedStatement> Statements { get; init; } = [];

    /// <summary>What the sentence says that the judge, which learnt from the experts' kind of pictures, never saw.</summary>
    public IReadOnlyList<UnseenCombination> Unseen { get; init; } = [];

    /// <summary>A mask's parts, one by one.</summary>
    public IReadOnlyList<PartOverlap> Parts { get; init; } = [];

    /// <summary>Why the judge cannot tell how well the condition is followed, in a sentence; null where it can.</summary>
    public string? NotMeasured { get; init; }

    /// <summary>What the condition asks for and the picture does not show, for people to read; null for nothing.</summary>
    public string? Missed => string.Join("; ", [.. Statements.Where(judged => judged.Followed == false),
        .. Unseen.Select(combination => combination.NotFollowed),
        .. Parts.Where(part => part.Overlap < HalfCovered)]) is { Length: > 0 } missed ? missed : null;

    /// <summary>The score, and what was missed.</summary>
    internal FollowedCondition InShort => new(Score is { } score ? Math.Round(score, 4) : null, Missed);

    /// <summary>What else the modality measures, by the names of its <see cref="Modality.ResultColumns"/>.</summary>
    public IReadOnlyDictionary<string, double> Others { get; init; } = new Dictionary<string, double>();
}
