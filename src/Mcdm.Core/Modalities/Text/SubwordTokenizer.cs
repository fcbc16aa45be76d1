using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Mcdm.Modalities.Text;

/// <summary>WordPiece tokens (Schuster and Nakajima 2012) of lower-cased text, from a vocabulary of one piece a line.</summary>
public sealed partial class SubwordTokenizer
{
    private const string Padding = "[PAD]", Unknown = "[UNK]", Start = "[CLS]", End = "[SEP]", Mask = "[MASK]";
    private const string Continuation = "##";
    private readonly BertTokenizer _tokenizer;
    private readonly HashSet<string> _whole;

    /// <summary>Makes a tokenizer from the lines of a vocabulary.</summary>
    /// <exception cref="McdmException">A vocabulary without the special tokens, or with a piece twice.</exception>
    public SubwordTokenizer(IReadOnlyList<string> vocabulary)
    {
        if (vocabulary.Count == 0 || vocabulary[0] != Padding || new[] { Unknown, Start, End, Mask }.Except(vocabulary).Any())
        {
            throw new McdmException("VocabularyInvalid", ErrorKind.InvalidData,
                $"A vocabulary starts with {Padding} and holds {Unknown}, {Start}, {End} and {Mask}, one piece a line.");
        }
        if (vocabulary.GroupBy(piece => piece).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new McdmException("VocabularyInvalid", ErrorKind.InvalidData,
                $"A vocabulary has each piece once, but '{twice.Key}' is there {twice.Count()} times.");
        }
        Vocabulary = vocabulary;
        _whole = vocabulary.ToHashSet(StringComparer.Ordinal);
        _tokenizer = BertTokenizer.Create(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', vocabulary))),
            new BertOptions
            {
                LowerCaseBeforeTokenization = true,
                PreTokenizer = new RegexPreTokenizer(Word(), null),
                SplitOnSpecialTokens = false,
                IndividuallyTokenizeCjk = false,
            });
    }

    /// <summary>The pieces; a token's number is its index here, and 0 is padding.</summary>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <summary>Token numbers of a text between start and end, and where it had to be cut to fit (an index into the text), if it had to.</summary>
    public (IReadOnlyList<int> Tokens, int? CutAt) Encode(string text, int maxTokens)
    {
        var tokens = _tokenizer.EncodeToTokens(text, out _);
        var pieces = tokens.Where(token => token.Value is not (Start or End)).ToList();
        bool cut = pieces.Count > maxTokens - 2;
        if (cut) { pieces = pieces.Take(maxTokens - 2).ToList(); }
        int[] numbers = [_tokenizer.ClassificationTokenId, .. pieces.Select(piece => piece.Id), _tokenizer.SeparatorTokenId];
        return (numbers, cut ? Math.Min(text.Length, pieces[^1].Offset.End.Value) : null);
    }

    /// <summary>The words of a text that the vocabulary does not hold whole, each once: they are read in pieces that may mean nothing to it.</summary>
    public IReadOnlyList<string> Unfamiliar(string text) =>
        Words(text).Where(word => !_whole.Contains(word) && !word.All(char.IsPunctuation)).Distinct().ToList();

    /// <summary>The word of the vocabulary that an unfamiliar one is most likely meant to be; null where none is near.</summary>
    public string? NearestTo(string word)
    {
        // Of short words, nearly all are two slips of the pen apart.
        int most = word.Length < 4 ? 1 : 2;
        return _whole.Where(other => other.Length > 1 && other.All(char.IsLetter) && Math.Abs(other.Length - word.Length) <= most)
            .Select(other => (Word: other, Distance: Spelling.Distance(word, other))).Where(other => other.Distance <= most)
            .OrderBy(other => other.Distance).ThenByDescending(other => word.Zip(other.Word).TakeWhile(pair => pair.First == pair.Second).Count())
            .ThenBy(other => other.Word, StringComparer.Ordinal)
            .Select(other => other.Word).FirstOrDefault();
    }

    /// <summary>
    /// Learns a vocabulary from texts: all characters, then the pairs that join most often (byte-pair merges over words,
    /// Sennrich et al. 2016), until it has <paramref name="size"/> pieces or nothing is left to join.
    /// </summary>
    public static IReadOnlyList<string> LearnVocabulary(IEnumerable<string> texts, int size)
    {
        var words = texts.SelectMany(Words).GroupBy(word => word)
            .Select(group => (Pieces: group.Key.EnumerateRunes().Select((c, i) => i == 0 ? $"{c}" : $"{Continuation}{c}").ToList(),
                Count: group.Count())).ToList();
        // Every printable ASCII character can be spelt, also those the texts lack.
        var ascii = Enumerable.Range('!', '~' - '!' + 1).Select(c => $"{char.ToLowerInvariant((char)c)}");
        var vocabulary = new List<string>([Padding, Unknown, Start, End, Mask,
            .. ascii.SelectMany(c => new[] { c, Continuation + c }).Concat(words.SelectMany(word => word.Pieces)).Distinct().Order(StringComparer.Ordinal)]);
        var known = vocabulary.ToHashSet();
        while (vocabulary.Count < size)
        {
            var best = words
                .SelectMany(word => word.Pieces.Zip(word.Pieces.Skip(1), (a, b) => (Pair: (a, b), word.Count)))
                .GroupBy(pair => pair.Pair, pair => pair.Count)
                .Select(group => (group.Key, Count: group.Sum()))
                .OrderByDescending(pair => pair.Count).ThenBy(pair => pair.Key.a + " " + pair.Key.b, StringComparer.Ordinal)
                .FirstOrDefault();
            if (best.Count < 2) { break; }
            string joined = best.Key.a + best.Key.b[Continuation.Length..];
            if (known.Add(joined)) { vocabulary.Add(joined); }
            foreach (var (pieces, _) in words)
            {
                for (int i = 0; i + 1 < pieces.Count; i++)
                {
                    if (pieces[i] == best.Key.a && pieces[i + 1] == best.Key.b)
                    {
                        pieces[i] = joined;
                        pieces.RemoveAt(i + 1);
                    }
                }
            }
        }
        return vocabulary;
    }

    private static IEnumerable<string> Words(string text) => Word().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    /// <summary>A word, or any other character on its own: BERT's own pattern passes over symbols and emoji without a trace.</summary>
    [GeneratedRegex(@"\w+|[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\w\s\p{Cs}]")]
    private static partial Regex Word();
}
