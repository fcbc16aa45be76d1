using System.Collections;
using Mcdm.Registries;

namespace Mcdm.PowerShell.Completion;

/// <summary>Tab completion for <c>-Preset</c>: published ADM models.</summary>
public sealed class PresetNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) => ModelFamilies.Presets
        .Select(name => (name, (string?)null));
}
