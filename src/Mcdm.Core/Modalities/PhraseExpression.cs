using System.Buffers;
using System.Text.RegularExpressions;

namespace Mcdm.Modalities;

/// <summary>
/// A phrase's words as a regular expression, from a file that anybody may have written. It is first tried as one that backtracks, which is made two
/// hundred times faster; where that takes too long over a sentence, as one whose time is in proportion to the sentence's length. Both find the same.
/// </summary>
/// <param name="words">An expression for whole words, in any case; a space is any white space.</param>
/// <param name="alone">Whether a sentence must have no other words.</param>
internal sealed class PhraseExpression(string words, bool alone = false)
{
    private const RegexOptions InAnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Longer words are asked whether they can be searched in such time.</summary>
    private const int PlainLength = 1000;
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);

    /// <summary>What may stand for repetition by numbers, or for looking around or back.</summary>
    private static readonly SearchValues<char> s_notPlain = SearchValues.Create(@"\[{");

    private Regex? _regex;

    /// <summary>The places where a sentence has it, in order.</summary>
    public IReadOnlyList<Match> In(string sentence)
    {
        try
        {
            return (_regex ??= Backtracking()).Matches(sentence).ToList();
        }
        catch (RegexMatchTimeoutException)
        {
            _regex = Steady();
            return _regex.Matches(sentence).ToList();
        }
    }

    /// <summary>Refuses what is not both.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It looks around or back, or is too large.</exception>
    public void Check()
    {
        bool isPlain = words.Length <= PlainLength && !words.AsSpan().ContainsAny(s_notPlain) && !words.Contains("(?", StringComparison.Ordinal);
        _ = isPlain ? Backtracking() : Steady();
    }

    private Regex Backtracking() => new(Pattern, InAnyCase, s_patience);

    private Regex Steady() => new(Pattern, InAnyCase | RegexOptions.NonBacktracking);

    private string Pattern => $@"\b(?:{words.Replace(" ", @"\s+")})\b" is var pattern && alone ? $"^(?:{pattern})$" : pattern;
}
