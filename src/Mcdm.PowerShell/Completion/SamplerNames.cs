using System.Collections;
using Mcdm.Diffusion.Samplers;

namespace Mcdm.PowerShell.Completion;

/// <summary>Completes the names of samplers.</summary>
public sealed class SamplerNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
        SamplerRegistry.All.Select(sampler => sampler.Name).Order(StringComparer.Ordinal).Select(name => (name, (string?)null));
}
