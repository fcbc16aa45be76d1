namespace Mcdm.Modalities;

/// <summary>Words by which sentences state an attribute, such as <c>(ginger|red) hair</c> for a hair colour of red.</summary>
/// <param name="Attribute">The attribute they state.</param>
/// <param name="Values">The values they allow; "has a beard" may allow several.</param>
/// <param name="Words">A regular expression for whole words, in any case, without look-around or back-references; a space is any white space.</param>
public sealed record Phrase(string Attribute, IReadOnlyList<string> Values, string Words)
{
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
                new PhraseExpression(phrase.Words).Check();
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                return $"the words '{phrase.Words}' are no regular expression that can be used ({e.Message.TrimEnd('.')})";
            }
        }
        return null;
    }
}
