using System.Text.Json;
using Mcdm.Files;
using Mcdm.Json;
using Mcdm.Modalities;

namespace Mcdm.Datasets;

/// <summary>How captions state the attributes of <c>labels.jsonl</c>: a JSON list of phrases, <c>phrases.json</c>.</summary>
internal static class PhraseFile
{
    /// <summary>The phrases; none where the file is missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="attributes">Names of the attributes they may state.</param>
    public static IReadOnlyList<Phrase> Read(string path, IReadOnlyCollection<string> attributes)
    {
        if (!File.Exists(path)) { return []; }
        try
        {
            var phrases = JsonSerializer.Deserialize<List<Phrase>>(TextFile.ReadAll(path), ModelJson.Options) ?? [];
            if (Phrase.Problem(phrases) is { } problem) { throw new JsonException(problem); }
            return phrases.FirstOrDefault(phrase => !attributes.Contains(phrase.Attribute)) is { } unknown
                ? throw new JsonException($"the phrase '{unknown.Words}' states '{unknown.Attribute}', but labels.jsonl has "
                    + $"{(attributes.Count == 0 ? "no attributes" : string.Join(", ", attributes))}")
                : phrases;
        }
        catch (JsonException e)
        {
            throw new McdmException("DatasetPhrasesInvalid", ErrorKind.InvalidData,
                $"'{path}' is no list of phrases such as [{{\"attribute\": \"hair\", \"values\": [\"red\"], \"words\": \"(red|ginger) hair\"}}, …]: "
                    + $"{e.Message.TrimEnd('.')}.", e);
        }
    }
}
