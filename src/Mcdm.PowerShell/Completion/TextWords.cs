using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Modalities.Text;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Completion;

/// <summary>
/// Completes the last word of a sentence from the words that the text expert knows, and from the names of its embeddings: that of the model named with
/// <c>-Model</c>, else of the loaded models, else of the embedded ones.
/// </summary>
public sealed class TextWords : IArgumentCompleter
{
    private const int ShortestWord = 3;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string sentence = wordToComplete.Trim('\'', '"');
        int start = sentence.LastIndexOf(' ') + 1;
        string before = sentence[..start], typed = sentence[start..];
        var model = Named(fakeBoundParameters["Model"]);
        var names = Models(model).SelectMany(one => one.Experts).SelectMany(expert => expert.TextNames);
        return Vocabularies(model).SelectMany(pieces => pieces).Where(IsWord).Concat(names)
            .Distinct().Order(StringComparer.Ordinal)
            .Where(word => word.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(word => new CompletionResult(
                "'" + CodeGeneration.EscapeSingleQuotedStringContent(before + word) + "'", word, CompletionResultType.ParameterValue, before + word));
    }

    private static Model? Named(object? bound) => bound as Model ?? (bound is string name ? ModelLibrary.FindLoaded(name) : null);

    private static IReadOnlyList<Model> Models(Model? named) => named is not null ? [named] : ModelLibrary.Loaded;

    private static IEnumerable<IReadOnlyList<string>> Vocabularies(Model? named)
    {
        var models = Models(named);
        return models.Count > 0
            ? models.SelectMany(model => model.Experts).OfType<TrainedExpert>().Select(expert => expert.Encoder).OfType<TextConditionEncoder>()
                .Select(encoder => encoder.Tokenizer.Vocabulary)
            : ModelLibrary.Available.Select(model => ModelPack.ReadVocabulary(model.Path));
    }

    /// <summary>Shorter pieces, those that continue a word (##ing) and special ones ([PAD]) are nothing to type.</summary>
    private static bool IsWord(string piece) => piece.Length >= ShortestWord && piece.All(char.IsLetter);
}
