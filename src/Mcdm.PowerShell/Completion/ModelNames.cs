using System.Collections;
using Mcdm.PowerShell.Hosting;
using static System.FormattableString;

namespace Mcdm.PowerShell.Completion;

/// <summary>Completes the names of the models that ship with the module.</summary>
public sealed class AvailableModelNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
        ModelLibrary.Available.Select(model => (model.Name, (string?)Invariant($"{model.Name}: {model.Size / 1e6:0} MB, ships with the module")));
}

/// <summary>Completes the names of the loaded models.</summary>
public sealed class LoadedModelNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) => All.Distinct();

    internal static IEnumerable<(string Value, string? Explanation)> All =>
        ModelLibrary.Loaded.Select(model => (model.Name, (string?)$"{model.Name}: {string.Join(", ", model.Modalities)}"));
}

/// <summary>Completes the names of the loaded models, and of the embedded ones that are not loaded.</summary>
public sealed class ModelNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
        LoadedModelNames.All
            .Concat(ModelLibrary.Available.Select(model => (model.Name, (string?)$"{model.Name}: ships with the module, loaded when it is needed")))
            .DistinctBy(((string Value, string? Explanation) model) => model.Value);
}
