using System.Text.RegularExpressions;

namespace Mcdm.Modalities;

/// <summary>Two things that phrases say, but never of each other.</summary>
/// <param name="Words">The words of the sentence, such as <c>red hat</c>.</param>
/// <param name="Known">What phrases say in place of the first word, such as <c>blue hat</c>; one for each value.</param>
public sealed record UnseenCombination(string Words, IReadOnlyList<string> Known)
{
    /// <inheritdoc/>
    public override string ToString() => Words;

    /// <summary>The same as what a picture cannot follow, for people to read.</summary>
    public string NotFollowed => $"never seen: {Words}";
}

/// <summary>
/// Finds in sentences what phrases never say although they know the words. A phrase such as <c>blue (hat|turban)</c> binds the word "blue" to the things
/// "hat" and "turban": neither says it alone. Where a sentence has a word that is bound to some thing before another that has such words, and no phrase
/// has both, nobody saw that: "a red hat" where hair is red, and hats are blue, green or purple.
/// </summary>
internal sealed partial class UnseenCombinations
{
    /// <summary>The longest thing, in words: a winter hat.</summary>
    private const int LongestThing = 2;

    private readonly List<Entry> _phrases;
    private readonly HashSet<string> _words;

    /// <param name="phrases">What is said of pictures.</param>
    public UnseenCombinations(IEnumerable<Phrase> phrases)
    {
        _phrases = phrases.Select(phrase => new Entry(phrase)).ToList();
        _words = _phrases.SelectMany(phrase => phrase.Words).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>What a sentence says that no phrase does, in its order.</summary>
    public IEnumerable<UnseenCombination> In(string sentence)
    {
        foreach (string clause in Clauses().Split(sentence))
        {
            string[] words = WordsOf(clause);
            for (int i = 0; i < words.Length - 1; i++)
            {
                for (int length = Math.Min(LongestThing, words.Length - 1 - i); length > 0; length--)
                {
                    string[] thing = words[(i + 1)..(i + 1 + length)];
                    // Expressions are asked about what no phrase has together alone: hardly a sentence has any.
                    bool isStrange = _words.Contains(words[i]) && thing.All(_words.Contains) && !_phrases.Exists(phrase => phrase.Has([words[i], .. thing]));
                    if (isStrange && IsBound(words[i]) && KnownOf(thing) is { Count: > 0 } known)
                    {
                        yield return new UnseenCombination(string.Join(' ', words[i..(i + 1 + length)]), known);
                        break;
                    }
                }
            }
        }
    }

    /// <summary>Whether some phrase says a word of some thing.</summary>
    private bool IsBound(string word) => _phrases.Exists(phrase => phrase.Has([word]) && phrase.Things.Any(thing => Binds(phrase, word, thing)));

    /// <summary>
    /// Whether a phrase says word and thing together, not the word alone, and none says the same of the thing alone: "bright" says nothing of red hair.
    /// </summary>
    private bool Binds(Entry phrase, string word, string thing) =>
        phrase.Says($"{word} {thing}") && !phrase.Says(word) && !_phrases.Exists(other => other.States(phrase) && other.Says(thing));

    /// <summary>What is said of a thing in the attribute that says most of it, once for each value; nothing where nobody says anything of it.</summary>
    private List<string> KnownOf(string[] thing)
    {
        string name = string.Join(' ', thing);
        var said = from phrase in _phrases
                   where phrase.Has(thing)
                   from word in phrase.Words
                   where Binds(phrase, word, name)
                   select (phrase.Phrase.Attribute, Values: string.Join(' ', phrase.Phrase.Values), Words: $"{word} {name}");
        return said.DistinctBy(known => (known.Attribute, known.Values)).GroupBy(known => known.Attribute).MaxBy(group => group.Count())
            ?.Select(known => known.Words).ToList() ?? [];
    }

    private static string[] WordsOf(string text) => Words().Matches(text).Select(match => match.Value).ToArray();

    /// <summary>A phrase with its words, in its order.</summary>
    private sealed class Entry(Phrase phrase)
    {
        private readonly string[] _all = WordsOf(phrase.Words);
        private readonly HashSet<string> _set = WordsOf(phrase.Words).ToHashSet(StringComparer.OrdinalIgnoreCase);
        private readonly Lazy<Regex> _whole = new(() => Whole(phrase.ToRegex()));

        private static Regex Whole(Regex words) => new($"^(?:{words})$", words.Options);

        public Phrase Phrase => phrase;

        public IEnumerable<string> Words => _set;

        public bool Has(string[] words) => words.All(_set.Contains);

        /// <summary>What it may say something of: runs of its words.</summary>
        public IEnumerable<string> Things => Enumerable.Range(1, LongestThing)
            .SelectMany(length => Enumerable.Range(0, Math.Max(0, _all.Length - length + 1)).Select(start => string.Join(' ', _all[start..(start + length)])));

        /// <summary>Whether it states the same as another.</summary>
        public bool States(Entry other) => phrase.Attribute == other.Phrase.Attribute && phrase.Values.SequenceEqual(other.Phrase.Values);

        /// <summary>Whether words are all that it says.</summary>
        public bool Says(string words) => _whole.Value.IsMatch(words);
    }

    /// <summary>Words of a sentence, and of a regular expression that has no escapes.</summary>
    [GeneratedRegex(@"[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*")]
    private static partial Regex Words();

    /// <summary>What parts words that stand beside each other in a sentence.</summary>
    [GeneratedRegex(@"[^\p{L}\p{N}\s'’-]+")]
    private static partial Regex Clauses();
}
