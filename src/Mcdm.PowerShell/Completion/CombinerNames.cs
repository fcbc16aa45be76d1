using System.Collections;
using Mcdm.Diffusion.Composition;

namespace Mcdm.PowerShell.Completion;

/// <summary>Completes the names of combiners.</summary>
public sealed class CombinerNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
        CombinerRegistry.All.Select(combiner => combiner.Name).Order(StringComparer.Ordinal).Select(name => (name, (string?)null));
}
