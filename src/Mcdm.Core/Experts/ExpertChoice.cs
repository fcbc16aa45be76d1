using Mcdm.Modalities;

namespace Mcdm.Experts;

/// <summary>Which expert of several reads a condition.</summary>
public static class ExpertChoice
{
    /// <summary>The expert that reads a condition: the one it names; else the only one of its modality, or the one that is called after it.</summary>
    /// <exception cref="McdmException">
    /// <c>ExpertMissing</c>: there is none; <c>ExpertAmbiguous</c>: there are several, and the condition names none.
    /// </exception>
    public static T For<T>(this IReadOnlyList<T> experts, Condition condition) where T : IExpert
    {
        var fitting = experts.Fitting(condition);
        return fitting.Count switch
        {
            1 => fitting[0],
            0 => throw Missing(condition.Expert is { } name ? $"There is no {condition.Modality} expert named '{name}'"
                : $"There is no {condition.Modality.ExpertName} expert", experts),
            _ => throw new McdmException("ExpertAmbiguous", ErrorKind.InvalidArgument,
                $"Several experts read {condition.Modality} conditions ({Names(fitting)}); say which is to read {condition} "
                + $"(-Expert of a condition, {condition.Modality.Columns.Expert.Name} of a row)."),
        };
    }

    /// <summary>The experts that could read a condition: one, where <see cref="For{T}"/> finds it.</summary>
    internal static IReadOnlyList<T> Fitting<T>(this IReadOnlyList<T> experts, Condition condition) where T : IExpert
    {
        var fitting = experts.Where(expert => expert.Modality == condition.Modality
            && (condition.Expert is null || expert.Name.Equals(condition.Expert, StringComparison.OrdinalIgnoreCase))).ToList();
        return fitting.Where(expert => expert.Name.Equals(condition.Modality.ExpertName, StringComparison.OrdinalIgnoreCase)).ToList() is [var own] ? [own]
            : fitting;
    }

    /// <summary>ε(z_t, t).</summary>
    /// <exception cref="McdmException"><c>ExpertMissing</c>.</exception>
    public static T Unconditional<T>(this IReadOnlyList<T> experts) where T : IExpert => experts.FirstOrDefault(expert => expert.Modality is null)
        ?? throw Missing("There is no unconditional expert", experts);

    /// <summary>The error that an expert is not there, which names those that are.</summary>
    internal static McdmException Missing<T>(string what, IEnumerable<T> experts) where T : IExpert =>
        new("ExpertMissing", ErrorKind.NotFound, $"{what}; there are: {Names(experts)}.");

    private static string Names<T>(IEnumerable<T> experts) where T : IExpert => string.Join(", ", experts.Select(expert => expert.Name));
}
