using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Mcdm.PowerShell.Completion;

/// <summary>Offers nothing for a number: without a completer of its own, the engine offers files.</summary>
public sealed class Numbers : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) => [];
}
