using System.Management.Automation;
using Mcdm.Tables;

namespace Mcdm.PowerShell.Serialization;

/// <summary>A row of a job file as Import-McdmJob hands it on: a record with a property for each value.</summary>
internal static class JobRecord
{
    /// <summary>The name by which formats know such records.</summary>
    public const string TypeName = "Mcdm.Job";

    /// <summary>What a record says beside its row, which is hidden: where it is from.</summary>
    private const string Origin = "Origin";

    /// <summary>The record of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="lastRow">The number of the last row of its file.</param>
    public static PSObject Of(Row row, int lastRow)
    {
        var record = Of(row.Values);
        record.TypeNames.Insert(0, TypeName);
        SerializedObject.AddHidden(record, new PSNoteProperty(Origin, new FileOrigin(lastRow, row.Values.Count())));
        return record;
    }

    /// <summary>The number of the last row of the file that a record is of; null where it does not say.</summary>
    public static int? LastRowOf(PSObject record) => OriginOf(record)?.LastRow;

    /// <summary>Whether a record has the columns that its file has, of which Import-McdmJob has told those that nobody reads.</summary>
    public static bool IsAsRead(PSObject record) => OriginOf(record)?.Columns == record.Properties.Count();

    private static FileOrigin? OriginOf(PSObject record) => record.TypeNames[0] == TypeName ? record.Properties[Origin]?.Value as FileOrigin : null;

    private sealed record FileOrigin(int LastRow, int Columns);

    /// <summary>A record with properties.</summary>
    public static PSObject Of(IEnumerable<KeyValuePair<string, object?>> properties)
    {
        var record = new PSObject();
        foreach (var (name, value) in properties) { record.Properties.Add(new PSNoteProperty(name, value)); }
        return record;
    }
}
