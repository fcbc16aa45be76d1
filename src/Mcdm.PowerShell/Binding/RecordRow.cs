using System.Collections;
using System.Management.Automation;
using Mcdm.Modalities;
using Mcdm.PowerShell.Serialization;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;

namespace Mcdm.PowerShell.Binding;

/// <summary>Records of a script as rows: objects with properties, or hashtables, whose values may be wrapped.</summary>
internal static class RecordRow
{
    /// <summary>What a record says, in the columns that are read; several values of one are an array.</summary>
    public static Row Of(PSObject record) => new(from property in record.Properties
                                                 let column = JobColumns.Find(property.Name)
                                                 where column is not null && !(column is TextColumn { SaysEmpty: true } && ValueText.IsEmpty(property.Value))
                                                 select KeyValuePair.Create(property.Name, Bare(property.Value, column)));

    /// <summary>A hashtable as a record. Of a hashtable, the engine reads Count for a property, and what it holds for none.</summary>
    public static PSObject RecordOf(IDictionary table) =>
        JobRecord.Of(table.Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create($"{entry.Key}", entry.Value)));

    /// <summary>
    /// A value without the engine's wrappers; what a column of texts is given becomes text as it does for parameters. Of what may have several values, one is
    /// itself, and none is null.
    /// </summary>
    public static object? Bare(object? value, Column column)
    {
        object? bare = Wrapper.Without(value);
        return (bare, column) switch
        {
            (null or DBNull or string, _) => bare,
            (IDictionary table, ScheduleColumn) => Wrapper.WithoutInside(table),
            (IEnumerable several, _) when NumberedColumns.TakesSeveral(column) =>
                several.Cast<object?>().Select(one => Bare(one, column)).ToArray() switch { [] => null, [var only] => only, var all => all },
            (_, TextColumn) => LanguagePrimitives.ConvertTo<string>(value),
            (IEnumerable several, ListColumn) => several.Cast<object?>().Select(LanguagePrimitives.ConvertTo<string>).ToArray(),
            (IEnumerable several, _) => several.Cast<object?>().Select(Wrapper.Without).ToArray(),
            _ => bare,
        };
    }
}
