using System.Collections;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Completion;

/// <summary>Completes the names of the loaded models' experts.</summary>
public sealed class ExpertNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) => ModelLibrary.Loaded
        .SelectMany(model => model.Experts.Where(expert => expert.Modality is not null)
            .Select(expert => (expert.Name, (string?)$"{expert.Name}: reads {expert.Modality} conditions in {model.Name}")))
        .DistinctBy(expert => expert.Name);
}
