using System.Management.Automation;
using Mcdm.Tables;

namespace Mcdm.PowerShell.Serialization;

/// <summary>A row of a job file as Import-McdmJob hands it on: a record with a property for each value.</summary>
internal static class JobRecord
{
    /// <summary>The name by which formats know such records.</summary>
    public const string TypeName = "Mcdm.Job";

    /// <summary>The record of a row.</summary>
    public static PSObject Of(Row row)
    {
        var record = Of(row.Values);
        record.TypeNames.Insert(0, TypeName);
        return record;
    }

    /// <summary>A record with properties.</summary>
    public static PSObject Of(IEnumerable<KeyValuePair<string, object?>> properties)
    {
        var record = new PSObject();
        foreach (var (name, value) in properties) { record.Properties.Add(new PSNoteProperty(name, value)); }
        return record;
    }
}
