using System.Management.Automation;
using Mcdm.Generation;

namespace Mcdm.PowerShell;

/// <summary>
/// Lets a parameter take records, such as the rows of Import-Csv, and nothing else that comes down the pipeline; records that
/// have a recipe are for -Recipe.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RecordTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) =>
        item is PSObject { BaseObject: PSCustomObject } record && record.Properties[nameof(Recipe)] is null ? item : throw new PSInvalidCastException("It is no record with properties such as Text and Sketch.");
}
