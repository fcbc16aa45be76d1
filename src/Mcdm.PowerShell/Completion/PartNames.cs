using System.Collections;
using Mcdm.Families.Own.Files;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Completion;

/// <summary>Completes the parts that a mask may name: those of the loaded models, or of the embedded ones while none is loaded.</summary>
public sealed class PartNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters)
    {
        var loaded = ModelLibrary.Loaded;
        var parts = loaded.Count > 0
            ? loaded.SelectMany(model => model.Parts)
            : ModelLibrary.Available.SelectMany(model => ModelPack.ReadParts(model.Path));
        return parts.DistinctBy(part => part.Name).Select(part => (part.Name, (string?)$"{part.Name}, {part.Color} in mask pictures"));
    }
}
