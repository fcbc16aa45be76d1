using static System.FormattableString;

namespace Mcdm.Sampling;

/// <summary>How well a sampled picture follows one of its conditions: by a judge or by the picture itself, else by its lift.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Score">The modality's own measure, more is better; null where it was not measured.</param>
/// <param name="Lift">How far the picture went where the condition wanted it (<see cref="Experts.Disagreement.Lifts"/>); null where that is not known.</param>
/// <param name="Missed">What the condition asks for and the picture does not show; null for nothing.</param>
public sealed record ConditionFollowing(RecipeCondition Condition, double? Score, double? Lift, string? Missed)
{
    /// <summary>The figure as a share of what would be enough, for comparison: a lift goes up from 0 as a score does from its limit.</summary>
    internal double OfEnough => Score is { } score ? score / Condition.Modality.PoorScore : 1 + Lift ?? 0;

    /// <summary>Whether the condition was hardly followed: a low score, or, without one, no lift.</summary>
    public bool IsPoor => Score is { } score ? score < Condition.Modality.PoorScore : Lift < 0;

    /// <summary>What the condition asks for and the picture does not show, for people to read; null where it is followed.</summary>
    public string? NotFollowed => Missed ?? (IsPoor ? $"{Condition}: {Figure}" : null);

    /// <summary>What is missed, else the figure.</summary>
    public string? Why => Missed ?? Figure;

    /// <summary>Its figure; null where there is none.</summary>
    private string? Figure => Score is { } score ? Invariant($"{score:0.00}") : Lift is { } lift ? Invariant($"lift {lift:0.00}") : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Condition.Expert ?? Condition.Modality.ExpertName} {Figure}";

    /// <summary>What is known of a picture's conditions: of those that ask for something (a weight over 0), where there is a figure.</summary>
    internal static IReadOnlyList<ConditionFollowing> Of(Recipe recipe)
    {
        // Conditions that make one term together, as those of the combiner Residual, have no lift of their own.
        var lifts = recipe.Disagreement?.Lifts is { } some && some.Count == recipe.Conditions.Count ? some : null;
        return [.. recipe.Conditions.Select((condition, i) => new ConditionFollowing(condition, recipe.Followed?[i].Score, lifts?[i],
            recipe.Followed?[i].Missed)).Where(one => one.Condition.Weight > 0 && one.Figure is not null)];
    }
}
