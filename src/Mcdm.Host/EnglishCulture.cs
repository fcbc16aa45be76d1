using System.Globalization;

namespace Mcdm.Host;

/// <summary>
/// The invariant culture, known to be English: the engine breaks lines between words in the languages of its list only, by their two
/// letters, and within words otherwise.
/// </summary>
internal sealed class EnglishCulture() : CultureInfo("")
{
    public override string TwoLetterISOLanguageName => "en";
}
