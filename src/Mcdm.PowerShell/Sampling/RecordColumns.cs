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
    private readonly List<string> _known = command.GetProperties()
        .Where(property => property.GetCustomAttributes<ParameterAttribute>().Any(parameter => parameter.ParameterSetName == parameterSet && parameter.ValueFromPipelineByPropertyName))
        .Select(property => property.Name).ToList();

    /// <summary>Similarity in percent from which a name is taken for a misspelt one.</summary>
    private const int LikelyMeant = 60;

    private const string TableTypeName = "Mcdm.Table";

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
        if (!names.Overlaps(Conditions))
        {
            warn($"There is no column {string.Join(", ", Conditions[..^1])} or {Conditions[^1]}, so the pictures obey nothing (columns: {string.Join(", ", names)}).");
        }
    }

    /// <summary>Gives a command what a hashtable says, as the engine does with the properties of other records.</summary>
    /// <param name="cmdlet">The command.</param>
    /// <param name="record">The record.</param>
    /// <param name="given">Parameters of the command line, which come first.</param>
    /// <exception cref="McdmException"><c>RecordInvalid</c>: a value that its parameter does not take.</exception>
    public void Fill(PSCmdlet cmdlet, PSObject record, IReadOnlySet<string> given)
    {
        if (record.TypeNames[0] != TableTypeName) { return; }
        foreach (string name in _known.Where(name => !given.Contains(name)))
        {
            var parameter = command.GetProperty(name)!;
            object? value = record.Properties[name]?.Value;
            try
            {
                foreach (var transformation in parameter.GetCustomAttributes<ArgumentTransformationAttribute>()) { value = transformation.Transform(null!, value!); }
                value = LanguagePrimitives.ConvertTo(value, parameter.PropertyType, CultureInfo.InvariantCulture);
                foreach (var range in parameter.GetCustomAttributes<ValidateCellAttribute>()) { range.Check(value); }
            }
            catch (Exception e) when (e is MetadataException or PSInvalidCastException)
            {
                throw new McdmException("RecordInvalid", ErrorKind.InvalidArgument, $"{name}: {e.Message}", e);
            }
            parameter.SetValue(cmdlet, value);
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

    private string Suggestion(string name) =>
        _known.MaxBy(known => Similarity(known, name)) is { } nearest && Similarity(nearest, name) >= LikelyMeant ? $" Did you mean '{nearest}'?" : "";

    private static int Similarity(string a, string b) => Fuzz.Ratio(a.ToLowerInvariant(), b.ToLowerInvariant());
}
