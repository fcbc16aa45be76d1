using System.Text.Json.Serialization;
using Mcdm.Diffusion.Composition;

namespace Mcdm.Experts;

/// <summary>‖δ_i‖ of one condition along a path.</summary>
/// <param name="Condition">Whose: <see cref="Composition.Labels"/>.</param>
/// <param name="Values">One for every noise level.</param>
public sealed record ConditionNorms([property: JsonPropertyName("modality")] string Condition, IReadOnlyList<double> Values)
{
    /// <summary>The place of the recipe's condition that it is a part of, where AND in a prompt makes several terms of one; null for its own place.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Of { get; init; }
}

/// <summary>The cosine of δ_i and δ_j along a path.</summary>
/// <param name="First">One condition.</param>
/// <param name="Second">The other.</param>
/// <param name="Values">One for every noise level, −1…1.</param>
public sealed record ConditionCosines(string First, string Second, IReadOnlyList<double> Values);

/// <summary>Two conditions that say the same on some of a path.</summary>
/// <param name="First">One condition.</param>
/// <param name="Second">The other.</param>
/// <param name="Share">On how much of the path, in t, 0…1.</param>
public sealed record SharedEvidence(string First, string Second, double Share)
{
    /// <summary>How much of either must be in the other, 1 − κ.</summary>
    internal const double Least = 0.25;

    /// <summary>A sentence.</summary>
    public override string ToString() => FormattableString.Invariant($"{First} and {Second} say the same on {100 * Share:0} % of the path");
}

/// <summary>
/// How much each condition asked for while a picture was sampled, and how far the conditions were of one mind, at every noise level that
/// was visited: the norm of <c>δ_i = ε_i − ε_u</c>, and the cosine of each pair.
/// </summary>
public sealed record Disagreement
{
    /// <summary>A pair conflicts where its cosine is under this…</summary>
    public const double ConflictCosine = -0.1;

    /// <summary>…on more than this share of the path, in t…</summary>
    public const double ConflictShare = 0.5;

    /// <summary>…seen at so many levels at least: fewer say little of a path.</summary>
    public const int ConflictLevels = 4;

    /// <summary>The noise levels t, falling.</summary>
    public required IReadOnlyList<int> Levels { get; init; }

    /// <summary>‖δ_i‖ of each condition, in the order of the recipe's conditions, and of each part of one that AND divides.</summary>
    public required IReadOnlyList<ConditionNorms> Norms { get; init; }

    /// <summary>The cosine of each pair of conditions.</summary>
    public required IReadOnlyList<ConditionCosines> Cosines { get; init; }

    /// <summary>
    /// How far the picture went where each condition wanted it, in the order of <see cref="Norms"/>: 1 all the way, below 0 not at all; null for one that
    /// was not seen where the picture is decided. It tells a condition that was passed over, and hardly ranks those that were followed.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double?>? Lifts { get; init; }

    /// <summary>Whether there is a level, a condition, and a number for each; what was read from a file may lack some.</summary>
    internal bool IsWhole => Levels is { Count: > 0 } && Norms is { Count: > 0 } && Cosines is not null
        && Norms.Select(norms => norms?.Values).Concat(Cosines.Select(pair => pair?.Values)).All(values => values?.Count == Levels.Count)
        && (Lifts is null || Lifts.Count == Norms.Count)
        && Cosines.All(pair => IndexOf(pair.First) >= 0 && IndexOf(pair.Second) >= 0);

    /// <summary>The place of a condition among the recipe's.</summary>
    public int PlaceOf(string condition) => Norms[IndexOf(condition)].Of ?? IndexOf(condition);

    /// <summary>The place of a condition among <see cref="Norms"/>.</summary>
    public int IndexOf(string condition) => Norms.ToList().FindIndex(norms => norms.Condition == condition);

    /// <summary>The pairs that pull against each other on most of the path, and on how much of it.</summary>
    public IEnumerable<(ConditionCosines Pair, double Share)> Conflicts() => Cosines.Select(pair => (Pair: pair, Share: ShareOfConflict(pair)))
        .Where(one => one.Share > ConflictShare && Levels.Count >= ConflictLevels);

    /// <summary>
    /// The pairs that say the same on some of the path: where more than a quarter of what either asks for is in what the other does, which <see
    /// cref="Projection"/> counts once. It is told of a pair alone and of the picture as a whole.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<SharedEvidence> Shared =>
        [.. Cosines.Select(pair => new SharedEvidence(pair.First, pair.Second, ShareOfPath(i => AreAlike(pair, i)))).Where(pair => pair.Share > 0)];

    private double ShareOfConflict(ConditionCosines pair) => ShareOfPath(i => pair.Values[i] < ConflictCosine);

    /// <summary>Each level counts for the t from it to the next, however close together levels lie.</summary>
    private double ShareOfPath(Func<int, bool> isSo) => (double)Levels.Select((t, i) => isSo(i) ? t - Levels.ElementAtOrDefault(i + 1) : 0).Sum() / Levels[0];

    private bool AreAlike(ConditionCosines pair, int level)
    {
        double Length(string condition) => Norms[IndexOf(condition)].Values[level];
        var (a, b, cosine) = (Length(pair.First), Length(pair.Second), pair.Values[level]);
        var shares = new float[2];
        SharesInBox.Solve([(float)(a * a), (float)(a * b * cosine), (float)(b * b)], shares, terms: 2, width: 1);
        return shares.All(share => 1 - share > SharedEvidence.Least);
    }
}
