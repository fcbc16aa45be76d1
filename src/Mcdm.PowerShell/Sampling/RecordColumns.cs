using System.Management.Automation;
using System.Reflection;
using FuzzySharp;

namespace Mcdm.PowerShell;

/// <summary>Looks at the properties of records: one that a command does not read may be a misspelt one.</summary>
/// <param name="command">The command that reads the records.</param>
/// <param name="parameterSet">The parameter set that it reads them by.</param>
internal sealed class RecordColumns(Type command, string parameterSet)
{
    /// <summary>The properties that say what a picture should obey.</summary>
    private static readonly string[] s_conditions = ["Text", "Sketch", "Segment", "LowResolution"];

    /// <summary>All properties that are read: those that parameters of records take.</summary>
    private readonly List<string> _known = command.GetProperties()
        .Where(property => property.GetCustomAttributes<ParameterAttribute>().Any(parameter => parameter.ParameterSetName == parameterSet && parameter.ValueFromPipelineByPropertyName))
        .Select(property => property.Name).ToList();

    /// <summary>Similarity in percent from which a name is taken for a misspelt one.</summary>
    private const int LikelyMeant = 60;

    private HashSet<string> _seen = [];

    /// <summary>Warns of properties that are not read, with the nearest name that is, and of records that state no condition at all; once for records alike.</summary>
    public void Check(PSObject record, Action<string> warn) => Check(record.Properties.Select(property => property.Name), warn);

    /// <inheritdoc cref="Check(PSObject, Action{string})"/>
    public void Check(IEnumerable<string> columns, Action<string> warn)
    {
        var names = columns.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (names.SetEquals(_seen)) { return; }
        _seen = names;
        foreach (string name in names.Except(_known, StringComparer.OrdinalIgnoreCase)) { warn($"Column '{name}' is not read.{Suggestion(name)}"); }
        if (!names.Overlaps(s_conditions))
        {
            warn($"There is no column {string.Join(", ", s_conditions[..^1])} or {s_conditions[^1]}, so the pictures obey nothing (columns: {string.Join(", ", names)}).");
        }
    }

    private string Suggestion(string name) =>
        _known.MaxBy(known => Similarity(known, name)) is { } nearest && Similarity(nearest, name) >= LikelyMeant ? $" Did you mean '{nearest}'?" : "";

    private static int Similarity(string a, string b) => Fuzz.Ratio(a.ToLowerInvariant(), b.ToLowerInvariant());
}
