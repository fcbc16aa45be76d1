using System.Collections;
using System.Management.Automation;
using Mcdm.Sampling;
using Mcdm.Sampling.Jobs;

namespace Mcdm.PowerShell.Binding;

/// <summary>
/// Lets a parameter take records, such as the rows of Import-Csv or hashtables, and nothing else that comes down the pipeline; records that
/// have a recipe, or stand for a file, are for -Recipe.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RecordTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        IDictionary table => RecordRow.RecordOf(table),
        PSObject record when record.TypeNames[0].StartsWith("Deserialized.Mcdm.", StringComparison.Ordinal)
            && !record.Properties.Any(property => NumberedColumns.States(property.Name)) =>
            throw new McdmException("CannotTravel", ErrorKind.InvalidArgument, $"A {record.TypeNames[0]} says nothing of what a picture should follow."),
        PSObject record when record.Properties[nameof(Recipe)] is null && FileRow.OnlyPathOf(record) is null => item,
        _ => throw new PSInvalidCastException("It is no record with properties such as Text and Sketch."),
    };
}
