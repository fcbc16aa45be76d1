using System.Buffers;
using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;
using Microsoft.ML.Tokenizers;

namespace Mcdm.Modalities.Text;

/// <summary>
/// CLIP's tokens (Radford et al. 2021): byte-pair merges (Sennrich et al. 2016) over the bytes of lower-cased words, as transformers makes them:
/// canonical composition, any whitespace between words, lower case letter by letter.
/// </summary>
public sealed class ClipTokenizer
{
    /// <summary>What a text begins with.</summary>
    public const string Start = "<|startoftext|>";

    /// <summary>What a text ends with.</summary>
    public const string End = "<|endoftext|>";

    /// <summary>What pieces end in that end a word.</summary>
    public const string EndOfWord = "</w>";

    private const char CapitalDottedI = 'İ', FirstAccent = '\u0300';

    /// <summary>The one letter whose lower case is two characters.</summary>
    private const string SmallDottedI = "i̇";
    private static readonly string[] s_contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private readonly BpeTokenizer _tokenizer;
    private readonly int _start, _end, _padding;

    /// <summary>
    /// Pieces that are found as they stand anywhere in a text, also within a word; a piece that fills up is one of them, such as Stable Diffusion 2's
    /// exclamation mark.
    /// </summary>
    private readonly AddedToken[] _special;

    /// <summary>Pieces that are found in a text as it was typed, before anything is made of it.</summary>
    private readonly AddedToken[] _asTyped;

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="vocabulary">Numbers by piece; letters stand for bytes, and a piece that ends a word ends in <c>&lt;/w&gt;</c>.</param>
    /// <param name="merges">Pairs of pieces that join, each as two pieces with a space between, those first that join first.</param>
    /// <param name="padding">The piece that fills a short text up.</param>
    /// <param name="length">Tokens of every text, start and end among them.</param>
    /// <param name="added">Pieces that were added to the vocabulary, such as learnt words, each found whole; null for none.</param>
    /// <exception cref="McdmException"><c>VocabularyInvalid</c>: a piece is missing, or merges make pieces that the vocabulary has not.</exception>
    public ClipTokenizer(IReadOnlyDictionary<string, int> vocabulary, IEnumerable<string> merges, string padding = End, int length = 77,
        IReadOnlyList<AddedToken>? added = null)
    {
        Length = length > 2 ? length : throw Invalid($"a text has {length} tokens, too few for a start and an end");
        (_start, _end, _padding) = (Number(Start), Number(End), Number(padding));
        // The longest first: of two that begin alike, it is the one that is meant.
        var all = (added ?? []).OrderByDescending(token => token.Piece.Length).ToList();
        _asTyped = [.. all.Where(token => !token.Normalized)];
        _special = [.. all.Where(token => token.Normalized), new(Start, _start), new(End, _end), new(padding, _padding)];
        Comma = vocabulary.TryGetValue("," + EndOfWord, out int comma) ? comma : null;
        try
        {
            _tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = merges, ByteLevel = true, EndOfWordSuffix = EndOfWord, UnknownToken = End });
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException or KeyNotFoundException)
        {
            throw Invalid(e.Message.TrimEnd('.'), e);
        }

        int Number(string piece) => vocabulary.TryGetValue(piece, out int number) ? number : throw Invalid($"it lacks '{piece}'");

        static McdmException Invalid(string problem, Exception? inner = null) =>
            new("VocabularyInvalid", ErrorKind.InvalidData, $"This is not the vocabulary of a CLIP text encoder: {problem}.", inner);
    }

    /// <summary>Tokens of every text, start and end among them.</summary>
    public int Length { get; }

    /// <summary>Number of the token that a text begins with.</summary>
    public int StartNumber => _start;

    /// <summary>Number of the token that a text ends with.</summary>
    public int EndNumber => _end;

    /// <summary>Number of the token that fills a short text up.</summary>
    public int PaddingNumber => _padding;

    /// <summary>Number of a comma that ends a word; null where the vocabulary has none.</summary>
    public int? Comma { get; }

    /// <summary>Numbers of the tokens of a text alone, as many as it has, without start, end and filling.</summary>
    /// <param name="text">The text.</param>
    public IReadOnlyList<int> EncodeWords(string text) => Pieces(text).SelectMany(piece => piece.Tokens).ToList();

    /// <summary>Numbers of the tokens of a text, with start and end, cut or filled up to <see cref="Length"/>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The tokens, and the part of the text that no longer fits; null where all of it does.</returns>
    public (IReadOnlyList<int> Tokens, string? Unread) Encode(string text)
    {
        var tokens = new List<int> { _start };
        string? unread = null;
        foreach (var (word, at) in Pieces(text))
        {
            tokens.AddRange(word);
            if (tokens.Count < Length) { continue; }
            // A word that fits by a part of it is read in part, as in the original.
            unread = text[at..];
            break;
        }
        if (tokens.Count >= Length) { tokens.RemoveRange(Length - 1, tokens.Count - Length + 1); }
        tokens.Add(_end);
        while (tokens.Count < Length) { tokens.Add(_padding); }
        return (tokens, unread);
    }

    /// <summary>The tokens of each word of a text, and where it begins.</summary>
    private IEnumerable<(IReadOnlyList<int> Tokens, int At)> Pieces(string text)
    {
        int from = 0;
        for (int at = 0; _asTyped.Length > 0 && at < text.Length; at++)
        {
            if (Array.Find(_asTyped, token => token.IsAt(text, at, StringComparison.Ordinal)) is not { } typed) { continue; }
            foreach (var piece in Between(from, at)) { yield return piece; }
            yield return ([typed.Number], at);
            from = at + typed.Piece.Length;
            at = from - 1;
        }
        foreach (var piece in Between(from, text.Length)) { yield return piece; }

        IEnumerable<(IReadOnlyList<int> Tokens, int At)> Between(int start, int end)
        {
            var (prepared, places) = Prepare(text[start..end]);
            return Words(prepared).Select(word => (Numbers(prepared, word.Word, word.At), start + places[word.At]));
        }
    }

    private IReadOnlyList<int> Numbers(string prepared, string word, int at) => SpecialAt(prepared, at) is { } special ? [special.Number]
        : _tokenizer.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false);

    /// <summary>
    /// Composes a text and makes it lower case letter by letter (a capital sigma at the end of a word stays a plain sigma), and says where in the text
    /// each UTF-16 unit comes from.
    /// </summary>
    private static (string Prepared, IReadOnlyList<int> Places) Prepare(string text)
    {
        var prepared = new StringBuilder(text.Length);
        var places = new List<int>(text.Length);
        for (int at = 0; at < text.Length;)
        {
            // Composition joins what stands in one element; whatever it makes of it came from there.
            int end = at + StringInfo.GetNextTextElementLength(text.AsSpan(at));
            foreach (var rune in Compose(text[at..end]))
            {
                prepared.Append(rune.Value == CapitalDottedI ? SmallDottedI : Rune.ToLowerInvariant(rune).ToString());
            }
            places.AddRange(Enumerable.Repeat(at, prepared.Length - places.Count));
            at = end;
        }
        return (prepared.ToString(), places);
    }

    /// <summary>
    /// Unicode's normalization form C: a letter and the accents after it become one character where there is one; half an emoji becomes U+FFFD.
    /// .NET's own leaves text as it is where it runs without the system's culture data, as it does in many containers.
    /// </summary>
    internal static IEnumerable<Rune> Compose(string text) => text.All(letter => letter < FirstAccent) ? text.EnumerateRunes()
        : ENSNormalize.NF.NFC(text.EnumerateRunes().Select(rune => rune.Value)).Select(rune => new Rune(rune));

    /// <summary>The words of a text: contractions, runs of letters, single digits, runs of other signs, and special pieces; and where each begins.</summary>
    private IEnumerable<(string Word, int At)> Words(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = WordLength(text, at);
            if (length == 0) { at += RuneAt(text, at).Utf16SequenceLength; continue; }
            yield return (text.Substring(at, length), at);
            at += length;
        }
    }

    /// <summary>UTF-16 length of the word at a place; 0 where there is whitespace.</summary>
    private int WordLength(string text, int at)
    {
        var first = RuneAt(text, at);
        if (Rune.IsWhiteSpace(first)) { return 0; }
        if (SpecialAt(text, at) is { } special) { return special.Piece.Length; }
        if (s_contractions.FirstOrDefault(ending =>
            string.Compare(text, at, ending, 0, ending.Length, StringComparison.OrdinalIgnoreCase) == 0) is { } contraction)
        {
            return contraction.Length;
        }
        if (Rune.IsLetter(first)) { return Run(Rune.IsLetter); }
        return IsNumber(first) ? first.Utf16SequenceLength : Run(rune => !Rune.IsLetter(rune) && !IsNumber(rune) && !Rune.IsWhiteSpace(rune));

        int Run(Func<Rune, bool> belongs)
        {
            int end = at;
            while (end < text.Length && RuneAt(text, end) is var rune && belongs(rune) && (end == at || SpecialAt(text, end) is null))
            {
                end += rune.Utf16SequenceLength;
            }
            return end - at;
        }
    }

    private AddedToken? SpecialAt(string text, int at) =>
        Array.Find(_special, token => token.IsAt(text, at, StringComparison.OrdinalIgnoreCase));

    private static Rune RuneAt(string text, int at) => Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _) == OperationStatus.Done ? rune
        : Rune.ReplacementChar;

    private static bool IsNumber(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
