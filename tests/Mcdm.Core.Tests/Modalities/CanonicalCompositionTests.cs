using Mcdm.Modalities.Text;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

public sealed class CanonicalCompositionTests
{
    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("\u212B \u2126", "Å Ω")] // signs that are letters
    [InlineData("a\u0301\u0323", "ạ\u0301")] // the dot below comes first, and joins
    [InlineData("\u1112\u1161\u11AB\u1100\u116E\u11A8", "한국")]
    [InlineData("\u0958", "\u0915\u093C")] // excluded from composition
    [InlineData("a\u0308\u0301 u\u0304\u0308", "ä\u0301 ṻ")]
    [InlineData("a\u031B\u0323 \u0323e", "ạ\u031B \u0323e")]
    [InlineData("\u00C9t\u00E9", "\u00C9t\u00E9")] // joined already
    [InlineData("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65")] // beyond the first plane, excluded
    public void Accents_join_their_letters(string text, string composed) => Assert.Equal(composed, string.Concat(ClipTokenizer.Compose(text)));

    [Fact]
    public void Half_an_emoji_becomes_the_character_that_stands_for_what_is_unreadable() => Assert.Equal("x\uFFFD", string.Concat(ClipTokenizer.Compose("x\uD83D")));
}
