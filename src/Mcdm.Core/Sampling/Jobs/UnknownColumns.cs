using System.Text.RegularExpressions;
using FuzzySharp;
using Mcdm.Modalities;

namespace Mcdm.Sampling.Jobs;

/// <summary>Warns of columns that are not read, with the name that may be meant, and of rows that state no condition at all; once for rows alike.</summary>
/// <param name="warn">Told each in a sentence.</param>
internal sealed partial class UnknownColumns(Action<string> warn)
{
    /// <summary>Similarity in percent from which a name is taken for a misspelt one.</summary>
    private const int LikelyMeant = 60;

    /// <summary>What columns are called elsewhere; * stands for the first condition that the rows state.</summary>
    private static readonly Dictionary<string, string> s_elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Prompt"] = "Text", ["Caption"] = "Text", ["Sentence"] = "Text", ["Description"] = "Text", ["Words"] = "Text",
        ["Weight"] = "*Weight", ["Guidance"] = "TextWeight", ["GuidanceScale"] = "TextWeight", ["Cfg"] = "TextWeight", ["CfgScale"] = "TextWeight",
        ["Schedule"] = "*Schedule", ["Region"] = "*Region", ["Expert"] = "*Expert",
        ["Negative"] = "NegativePrompt", ["Lines"] = "Sketch", ["Edges"] = "Sketch", ["Drawing"] = "Sketch", ["Labels"] = "Segment", ["Silhouette"] = "Segment",
        ["ControlNet"] = "Control", ["ControlImage"] = "Control", ["Canny"] = "Control", ["Depth"] = "Control", ["Pose"] = "Control",
        ["ImagePrompt"] = "Control", ["Reference"] = "Control", ["IpAdapter"] = "Control",
        ["ConditioningScale"] = "ControlScale", ["ControlStrength"] = "ControlScale",
        ["Image"] = "Picture", ["Init"] = "Picture", ["InitImage"] = "Picture", ["Inpaint"] = "Mask",
        ["Denoise"] = "Strength", ["DenoisingStrength"] = "Strength",
        ["Title"] = "Name", ["File"] = "Name", ["FileName"] = "Name", ["Id"] = "Name", ["Number"] = "Count", ["Pictures"] = "Count", ["Images"] = "Count",
        ["Scheduler"] = "Sampler", ["Method"] = "Sampler", ["Iterations"] = "Steps", ["Rule"] = "Combiner", ["Checkpoint"] = "Model",
        ["Folder"] = "BasePath", ["Directory"] = "BasePath",
    };

    private HashSet<string> _seen = [];

    /// <summary>Looks at the names of a row's columns.</summary>
    public void Check(IEnumerable<string> columns)
    {
        var names = columns.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (names.SetEquals(_seen)) { return; }
        var known = JobColumns.All.Select(column => column.Name).ToList();
        var unread = names.Where(name => JobColumns.Find(name) is null).ToList();
        var conditions = JobColumns.Conditions;
        string stated = conditions.FirstOrDefault(names.Contains) ?? conditions[0];
        string? Meant(string name) => UnknownColumns.Meant(name, known)?.Replace("*", stated, StringComparison.Ordinal);
        var said = new List<string>();
        if (unread is [var only]) { said.Add($"Column '{only}' is not read.{(Meant(only) is { } meant ? $" Did you mean '{meant}'?" : "")}"); }
        if (unread.Count > 1)
        {
            said.Add($"Columns {string.Join(", ", unread.Select(name => $"'{name}'{(Meant(name) is { } meant ? $" (did you mean '{meant}'?)" : "")}"))} "
                + "are not read.");
        }
        said.AddRange(Unstated(names).Select(one => $"Column '{one.Name}' is not read: it says something of '{one.Of}', and there is no such column."));
        if (!names.Any(NumberedColumns.States))
        {
            said.Add($"There is no column {string.Join(", ", conditions.SkipLast(1))} or {conditions[^1]}, " +
                $"so the pictures follow nothing (columns: {string.Join(", ", names)}).");
        }
        if (said.Count > 0) { warn(string.Join(' ', said)); }
        _seen = names;
    }

    /// <summary>Columns with a number that say something of a condition that none states; without one, it may be said of conditions that are typed.</summary>
    private static IEnumerable<(string Name, string Of)> Unstated(IReadOnlySet<string> names) =>
        from name in names
        let place = NumberedColumns.Split(name)
        where place is { Number.Length: > 0 }
        let stating = Modality.All.Select(modality => modality.Columns).First(columns => columns.All.Contains(place.Value.Column)).Stating
        where !stating.Any(column => names.Contains(column.Name + place.Value.Number))
        select (name, stating.First().Name + place.Value.Number);

    /// <summary>
    /// The column that one is likely meant to be, by what it means or how it is written, with its number at the end, where columns have theirs; null where none
    /// is.
    /// </summary>
    private static string? Meant(string name, List<string> known)
    {
        string plain = name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        string number = Number().Match(plain).Value, bare = Number().Replace(plain, "", 1);
        string? meant = s_elsewhere.GetValueOrDefault(bare)
            ?? (known.MaxBy(one => Similarity(one, bare)) is { } nearest && Similarity(nearest, bare) >= LikelyMeant ? nearest : null);
        return meant is null || number.Length == 0 || JobColumns.Find(meant.TrimStart('*') + number) is null ? meant : meant + number;
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    private static int Similarity(string a, string b) => Fuzz.Ratio(a.ToLowerInvariant(), b.ToLowerInvariant());
}
