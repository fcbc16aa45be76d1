using System.Text.RegularExpressions;

namespace Mcdm.Modalities;

/// <summary>Words by which sentences state an attribute, such as <c>(ginger|red) hair</c> for a hair colour of red.</summary>
/// <param name="Attribute">The attribute they state.</param>
/// <param name="Values">The values they allow; "has a beard" may allow several.</param>
/// <param name="Words">A regular expression for whole words, in any case, without look-around or back-references; a space is any white space.</param>
public sealed partial record Phrase(string Attribute, IReadOnlyList<string> Values, string Words)
{
    /// <summary>Alternatives and options up to which plain words are tried one after the other: a factor that no sentence changes.</summary>
    private const int MostChoices = 20;

    /// <summary>The expression, one that takes time in proportion to the sentence's length whatever it says.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It looks around or back.</exception>
    internal Regex ToRegex() => new($@"\b(?:{Words.Replace(" ", @"\s+")})\b",
        (IsPlain ? RegexOptions.None : RegexOptions.NonBacktracking) | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>
    /// Whether it repeats nothing but white space, and that between words alone. The engine that never goes back takes 3 ms to be told an expression, and a
    /// pack has a hundred of them.
    /// </summary>
    private bool IsPlain => Plain().IsMatch(Words) && Words.Count(letter => letter is '|' or '?') <= MostChoices;

    [GeneratedRegex(@"^(?:[\p{L}\p{N}'’()|-]|(?<=[\p{L}\p{N})])(?:\?|[ ](?=[\p{L}\p{N}(]|\)\?[\p{L}\p{N}(])))+\z")]
    private static partial Regex Plain();

    /// <summary>The same words, allowing only values that an attribute of the list has; null where none is left.</summary>
    internal Phrase? Within(IReadOnlyList<AttributeDefinition> attributes)
    {
        var known = attributes.FirstOrDefault(attribute => attribute.Name == Attribute)?.Values ?? [];
        var values = Values.Where(known.Contains).ToList();
        return values.Count == 0 ? null : this with { Values = values };
    }

    /// <summary>What is wrong with a list of phrases that was read from a file; null where nothing is.</summary>
    internal static string? Problem(IReadOnlyList<Phrase?> phrases)
    {
        foreach (var phrase in phrases)
        {
            if (string.IsNullOrWhiteSpace(phrase?.Words)) { return "a phrase has no words"; }
            if (string.IsNullOrWhiteSpace(phrase.Attribute)) { return $"the phrase '{phrase.Words}' states no attribute"; }
            if (phrase.Values is not { Count: > 0 } values || values.Any(string.IsNullOrWhiteSpace)) { return $"the phrase '{phrase.Words}' allows no value"; }
            try
            {
                phrase.ToRegex();
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                return $"the words '{phrase.Words}' are no regular expression that can be used ({e.Message.TrimEnd('.')})";
            }
        }
        return null;
    }
}
