namespace Mcdm.Modalities;

/// <summary>What a sentence states about one attribute.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Values">The values that make the statement true.</param>
/// <param name="Words">The words that say so.</param>
public sealed record Statement(string Attribute, IReadOnlyList<string> Values, string Words)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Attribute}: {string.Join(" or ", Values)}";
}

/// <summary>Reads which attributes a sentence states.</summary>
public sealed class PhraseBook
{
    private readonly List<(Phrase Phrase, PhraseExpression Words)> _phrases;
    private readonly UnseenCombinations _unseen;

    /// <param name="phrases">The words that state attributes.</param>
    public PhraseBook(IEnumerable<Phrase> phrases)
    {
        _phrases = phrases.Select(phrase => (phrase, new PhraseExpression(phrase.Words))).ToList();
        _unseen = new UnseenCombinations(_phrases.Select(entry => entry.Phrase));
    }

    /// <summary>What a sentence says in words that the phrases know, of things that they never say it of, in its order.</summary>
    public IReadOnlyList<UnseenCombination> Unseen(string sentence) => _unseen.In(sentence).ToList();

    /// <summary>
    /// The statements of a sentence, in its order. Of phrases of one attribute that overlap, the longest counts: "wears no
    /// glasses" does not say "glasses".
    /// </summary>
    public IReadOnlyList<Statement> Read(string sentence)
    {
        var found = _phrases
            .SelectMany(entry => entry.Words.In(sentence)
                .Select(match => (entry.Phrase, match.Index, End: match.Index + match.Length, Words: match.Value)))
            .OrderByDescending(match => match.End - match.Index).ThenBy(match => match.Index);
        var kept = new List<(Phrase Phrase, int Index, int End, string Words)>();
        foreach (var match in found)
        {
            if (!kept.Any(other => other.Phrase.Attribute == match.Phrase.Attribute && match.Index < other.End && other.Index < match.End)) { kept.Add(match); }
        }
        return kept.OrderBy(match => match.Index).Select(match => new Statement(match.Phrase.Attribute, match.Phrase.Values, match.Words)).ToList();
    }
}
