using FuzzySharp;

namespace Mcdm.Sampling.Jobs;

/// <summary>Warns of columns that are not read, with the nearest name that is, and of rows that state no condition at all; once for rows alike.</summary>
/// <param name="warn">Told each in a sentence.</param>
internal sealed class UnknownColumns(Action<string> warn)
{
    /// <summary>Similarity in percent from which a name is taken for a misspelt one.</summary>
    private const int LikelyMeant = 60;

    private HashSet<string> _seen = [];

    /// <summary>Looks at the names of a row's columns.</summary>
    public void Check(IEnumerable<string> columns)
    {
        var names = columns.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (names.SetEquals(_seen)) { return; }
        _seen = names;
        var known = JobColumns.All.Select(column => column.Name).ToList();
        foreach (string name in names.Except(known, StringComparer.OrdinalIgnoreCase)) { warn($"Column '{name}' is not read.{Suggestion(name, known)}"); }
        var conditions = JobColumns.Conditions;
        if (!names.Overlaps(conditions))
        {
            warn($"There is no column {string.Join(", ", conditions.SkipLast(1))} or {conditions[^1]}, " +
                $"so the pictures follow nothing (columns: {string.Join(", ", names)}).");
        }
    }

    private static string Suggestion(string name, List<string> known) =>
        known.MaxBy(one => Similarity(one, name)) is { } nearest && Similarity(nearest, name) >= LikelyMeant ? $" Did you mean '{nearest}'?" : "";

    private static int Similarity(string a, string b) => Fuzz.Ratio(a.ToLowerInvariant(), b.ToLowerInvariant());
}
