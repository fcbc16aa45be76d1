using System.Collections;
using Mcdm.Datasets;
using Mcdm.PowerShell.Serialization;

namespace Mcdm.PowerShell.Completion;

/// <summary>Completes the names of the folders of control pictures in the dataset that is trained on: experts are called after them.</summary>
public sealed class ControlFolderNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
        (Wrapper.Without(boundParameters["Dataset"]) as PictureDataset)?.ControlFolders.Select(name => (name, (string?)$"{name}: its control pictures"))
            ?? [];
}
