using System.Text.RegularExpressions;
using Mcdm.Modalities.Text;

namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>
/// The embeddings that prompts may name, found as AUTOMATIC1111 finds them: by all tokens of their names, the longest name first. Names in angle brackets are
/// found as diffusers finds them, wherever they stand.
/// </summary>
internal sealed class TextInversions
{
    private readonly Dictionary<int, List<(int[] Ids, TextInversion Embedding)>> _byFirst = [];
    private readonly Dictionary<string, TextInversion> _tokens = new(StringComparer.OrdinalIgnoreCase);
    private readonly Regex? _token;
    private readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="all">The embeddings; they stay the caller's.</param>
    /// <param name="tokenizer">CLIP's tokenizer with the model's vocabulary.</param>
    /// <exception cref="McdmException">
    /// <c>EmbeddingName</c>: two of one name, or a name that says nothing; <c>EmbeddingTooLong</c>: more vectors than fit a chunk.
    /// </exception>
    public TextInversions(IReadOnlyList<TextInversion> all, ClipTokenizer tokenizer)
    {
        var names = all.SelectMany(embedding => new[] { embedding.Name, embedding.Token }.OfType<string>().Distinct()
            .Select(name => (Name: name, Ids: tokenizer.EncodeWords(name).ToArray(), Embedding: embedding))).ToList();
        if (all.FirstOrDefault(embedding => embedding.Vectors > tokenizer.Length - 2) is { } longest)
        {
            throw new McdmException("EmbeddingTooLong", ErrorKind.LimitsExceeded,
                $"The embedding '{longest.Name}' has {longest.Vectors} vectors, but no more than {tokenizer.Length - 2} tokens are read at once.");
        }
        foreach (var (name, ids, embedding) in names)
        {
            if (ids.Length == 0) { throw Refused($"'{name}' is no name that a prompt could have"); }
            if (name.EndsWith(ClipTokenizer.EndOfWord, StringComparison.Ordinal) || name is ClipTokenizer.Start or ClipTokenizer.End)
            {
                throw Refused($"'{name}' is a piece of the model's own vocabulary");
            }
            if (names.Find(other => other.Embedding != embedding && other.Ids.SequenceEqual(ids)) is { Name: { } twice })
            {
                throw Refused($"two have the name '{name}'{(twice == name ? "" : $" (the other is written '{twice}', which is read alike)")}");
            }
            if (ids.Length == 1) { _words.Add(name); }
            if (name.StartsWith('<') && name.EndsWith('>')) { _tokens[name] = embedding; }
        }
        if (_tokens.Count > 0)
        {
            _token = new Regex($"({string.Join('|', _tokens.Keys.OrderByDescending(name => name.Length).Select(Regex.Escape))})",
                RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        foreach (var group in names.GroupBy(name => name.Ids[0]))
        {
            _byFirst[group.Key] = [.. group.OrderByDescending(name => name.Ids.Length).Select(name => (name.Ids, name.Embedding))];
        }
        All = all;
    }

    /// <summary>None.</summary>
    public static TextInversions None(ClipTokenizer tokenizer) => new([], tokenizer);

    /// <summary>All of them.</summary>
    public IReadOnlyList<TextInversion> All { get; }

    /// <summary>Whether an embedding is called like a word of the model's vocabulary, which it hides.</summary>
    public bool HidesWord(TextInversion embedding) => _words.Contains(embedding.Name) && embedding.Name.All(char.IsLetter);

    /// <summary>A text cut at names in angle brackets; the embedding of each, null for the text between them.</summary>
    public IEnumerable<(string Text, TextInversion? Token)> Split(string text) =>
        _token is null ? [(text, null)] : _token.Split(text).Where(part => part.Length > 0).Select(part => (part, _tokens.GetValueOrDefault(part)));

    /// <summary>The embedding whose name stands at a place of a text; null for none.</summary>
    /// <param name="ids">The text's tokens.</param>
    /// <param name="at">The place.</param>
    /// <returns>The embedding, and the number of tokens of its name.</returns>
    public (TextInversion Embedding, int Tokens)? At(IReadOnlyList<int> ids, int at)
    {
        foreach (var (name, embedding) in _byFirst.GetValueOrDefault(ids[at]) ?? [])
        {
            if (name.Length <= ids.Count - at && name.Select((id, i) => ids[at + i] == id).All(isSame => isSame)) { return (embedding, name.Length); }
        }
        return null;
    }

    private static McdmException Refused(string why) =>
        new("EmbeddingName", ErrorKind.InvalidArgument, $"Embeddings are told apart by the names of their files, and {why}; copy its file to another name.");
}
