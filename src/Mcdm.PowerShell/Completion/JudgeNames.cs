using System.Collections;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Completion;

/// <summary>Completes the names of the judges that ship with the module.</summary>
public sealed class JudgeNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
        JudgeLibrary.Available.Select(judge => (judge.Name, (string?)$"{judge.Name}: ships with the module"));
}
