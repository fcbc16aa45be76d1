using System.Management.Automation;
using Mcdm.Sampling.Jobs;

namespace Mcdm.PowerShell.Binding;

/// <summary>Rows that stand for files: what Export-Csv, jobs and remoting make of Get-ChildItem's, of Save-McdmImage's, and of measurements.</summary>
internal static class FileRow
{
    /// <summary>The file's path; null where the record is no file's.</summary>
    public static string? PathOf(PSObject record) => Text(record, "FullName") ?? Text(record, "PSPath") ?? Text(record, "Path");

    /// <summary>The same for a record that does not say itself what a picture should follow.</summary>
    public static string? OnlyPathOf(PSObject record) => record.Properties.Any(property => NumberedColumns.States(property.Name)) ? null : PathOf(record);

    private static string? Text(PSObject record, string property) => record.Properties[property]?.Value?.ToString() is { Length: > 0 } text ? text : null;
}
