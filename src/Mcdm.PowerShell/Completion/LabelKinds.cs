using System.Collections;

namespace Mcdm.PowerShell.Completion;

/// <summary>Completes what a contact sheet can write under its pictures by itself.</summary>
public sealed class LabelKinds : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
        [("Name", "each picture's file name"), ("Seed", "each picture's seed"), ("Conditions", "each picture's conditions")];
}
