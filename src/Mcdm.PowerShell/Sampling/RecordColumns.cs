using System.Collections;
using System.Globalization;
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
    public static readonly string[] Conditions = ["Text", "Sketch", "Segment", "LowResolution"];

    /// <summary>All properties that are read: those that parameters of records take.</summary>
    private readonly List<Column> _known = command.GetProperties()
        .Where(property => property.GetCustomAttributes<ParameterAttribute>().Any(parameter => parameter.ParameterSetName == parameterSet && parameter.ValueFromPipelineByPropertyName))
        .Select(property => new Column(property, property.GetCustomAttribute<CellAttribute>(), property.GetCustomAttribute<ValidateCellAttribute>())).ToList();

    /// <summary>Similarity in percent from which a name is taken for a misspelt one.</summary>
    private const int LikelyMeant = 60;

    private const string TableTypeName = "Mcdm.Table";

    /// <summary>What stands in a text for bytes that were none in the encoding that it was read in.</summary>
    private const char UnreadBytes = '\uFFFD';

    private HashSet<string> _seen = [];

    /// <summary>A property that is read: the parameter that takes it, how its cells are read where they are numbers, and which of those are allowed.</summary>
    private sealed record Column(PropertyInfo Parameter, CellAttribute? Cell, ValidateCellAttribute? Bounds)
    {
        public string Name => Parameter.Name;
    }

    /// <summary>Warns of properties that are not read, with the nearest name that is, and of records that state no condition at all; once for records alike.</summary>
    public void Check(PSObject record, Action<string> warn) => Check(record.Properties.Select(property => property.Name), warn);

    /// <inheritdoc cref="Check(PSObject, Action{string})"/>
    public void Check(IEnumerable<string> columns, Action<string> warn)
    {
        var names = columns.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (names.SetEquals(_seen)) { return; }
        _seen = names;
        foreach (string name in names.Except(_known.Select(column => column.Name), StringComparer.OrdinalIgnoreCase)) { warn($"Column '{name}' is not read.{Suggestion(name)}"); }
        if (!names.Overlaps(Conditions))
        {
            warn($"There is no column {string.Join(", ", Conditions[..^1])} or {Conditions[^1]}, so the pictures obey nothing (columns: {string.Join(", ", names)}).");
        }
    }

    /// <summary>Gives a command what a hashtable says, as the engine does with the properties of other records.</summary>
    /// <param name="cmdlet">The command.</param>
    /// <param name="record">The record.</param>
    /// <param name="given">Parameters of the command line, which come first.</param>
    public void Fill(Cmdlet cmdlet, PSObject record, IReadOnlySet<string> given)
    {
        if (record.TypeNames[0] != TableTypeName) { return; }
        foreach (var column in _known.Where(column => !given.Contains(column.Name)))
        {
            object? value = record.Properties[column.Name]?.Value;
            if (column.Cell is { } cell) { value = CellAttribute.IsEmpty(value) ? null : CellText.Read(value, cell.Type); }
            column.Parameter.SetValue(cmdlet, LanguagePrimitives.ConvertTo(value, column.Parameter.PropertyType, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A hashtable as a record. Of a hashtable, the engine reads Count for a property, and what it holds for none.</summary>
    public static PSObject Record(IDictionary table)
    {
        var record = Record(table.Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create($"{entry.Key}", entry.Value)));
        record.TypeNames.Insert(0, TableTypeName);
        return record;
    }

    /// <summary>A record with properties.</summary>
    public static PSObject Record(IEnumerable<KeyValuePair<string, object?>> properties)
    {
        var record = new PSObject();
        foreach (var (name, value) in properties) { record.Properties.Add(new PSNoteProperty(name, value)); }
        return record;
    }

    /// <summary>Whether a column of a name is read.</summary>
    public bool Knows(string column) => Find(column) is not null;

    /// <summary>Whether a column holds numbers that need not be whole.</summary>
    public bool HoldsDecimals(string column) => Find(column)?.Cell?.Type == typeof(double);

    private Column? Find(string name) => _known.Find(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Refuses a record with a cell that its parameter could not take, or whose file was read in the wrong encoding.</summary>
    /// <param name="cmdlet">The command, after the record was bound to its parameters.</param>
    /// <param name="record">The record.</param>
    /// <exception cref="McdmException"><c>CellInvalid</c> or <c>TextEncoding</c>.</exception>
    public void RequireReadable(Cmdlet cmdlet, PSObject record)
    {
        foreach (var column in _known)
        {
            object? value = column.Parameter.GetValue(cmdlet);
            if (value is string text && text.Contains(UnreadBytes, StringComparison.Ordinal))
            {
                throw new McdmException("TextEncoding", ErrorKind.InvalidData, $"{column.Name}: '{text}' was read in another encoding than it was written in; name that one where the file is read, as in Import-Csv -Encoding ansi.");
            }
            if (column.Cell is not { } cell) { continue; }
            object? given = value is null ? record.Properties[column.Name]?.Value : null;
            string? problem = CellAttribute.IsEmpty(given) ? column.Bounds?.Problem(value) : CellText.Problem(given, cell.Type);
            if (problem is not null) { throw new McdmException("CellInvalid", ErrorKind.InvalidData, $"{column.Name}: {problem}"); }
        }
    }

    private string Suggestion(string name) =>
        _known.Select(column => column.Name).MaxBy(known => Similarity(known, name)) is { } nearest && Similarity(nearest, name) >= LikelyMeant ? $" Did you mean '{nearest}'?" : "";

    private static int Similarity(string a, string b) => Fuzz.Ratio(a.ToLowerInvariant(), b.ToLowerInvariant());
}
