using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Mcdm.PowerShell.Completion;

/// <summary>Offers a set of values for Tab: those that begin with the typed word, which may hold wildcards; quoted where needed.</summary>
public abstract class CompletionSet : IArgumentCompleter
{
    /// <summary>The values there are.</summary>
    /// <param name="boundParameters">Parameters already given on the command line, by name.</param>
    /// <returns>Each value with a line that explains it, or null.</returns>
    protected abstract IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        WildcardPattern pattern = new(word + "*", WildcardOptions.IgnoreCase);
        return Values(fakeBoundParameters)
            .Where(item => pattern.IsMatch(item.Value))
            .Select(item => new CompletionResult(Quote(item.Value), item.Value, CompletionResultType.ParameterValue, item.Explanation ?? item.Value));
    }

    private static string Quote(string value) =>
        value.Length > 0 && value.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '+' or '/' or '\\') && !value.StartsWith('-')
            ? value
            : "'" + CodeGeneration.EscapeSingleQuotedStringContent(value) + "'";
}
