using System.Collections;
using Mcdm.Modalities;

namespace Mcdm.PowerShell.Completion;

/// <summary>Completes the names of modalities.</summary>
public sealed class ModalityNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
        Modality.All.Select(modality => (modality.Name, (string?)null));
}
