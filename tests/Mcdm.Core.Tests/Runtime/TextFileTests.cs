using System.Text;
using Mcdm.Core.Tests.Formats;
using Mcdm.Files;
using Xunit;

namespace Mcdm.Core.Tests.Runtime;

public sealed class TextFileTests : IDisposable
{
    private const string Text = "müde, „so“ 😀\nzweite Zeile\n";
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("text.txt");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Marked => ["utf-8", "utf-16", "utf-16BE", "utf-32", "utf-32BE"];

    [Theory]
    [MemberData(nameof(Marked))]
    public void A_byte_order_mark_says_what_a_file_is(string encoding)
    {
        File.WriteAllText(Path, Text, Encoding.GetEncoding(encoding));
        Assert.Equal(Text, TextFile.ReadAll(Path));
        Assert.Equal(["müde, „so“ 😀", "zweite Zeile"], TextFile.ReadLines(Path));
    }

    [Fact]
    public void Without_one_it_is_utf_8_or_what_is_given()
    {
        File.WriteAllText(Path, Text, new UTF8Encoding(false));
        Assert.Equal(Text, TextFile.ReadAll(Path));
        File.WriteAllText(Path, "Zoë", Encoding.Latin1);
        using var reader = TextFile.Open(Path, Encoding.Latin1);
        Assert.Equal("Zoë", reader.ReadToEnd());
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 200_000)] // beyond the first buffer
    public void A_byte_that_is_none_is_an_error_with_its_line(bool marked, int before)
    {
        byte[] mark = marked ? [0xEF, 0xBB, 0xBF] : [];
        File.WriteAllBytes(Path, [.. mark, .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("x\n", before / 2)) + "one\ntwo M"), 0xE4, .. "dchen\nthree\n"u8]);
        var error = Assert.Throws<McdmException>(() => TextFile.Open(Path, remedy: "give -Encoding"));
        Assert.Equal("TextEncoding", error.Id);
        Assert.Contains(FormattableString.Invariant($"is not utf-8: line {before / 2 + 2} has the bytes E4; give -Encoding."), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_character_that_is_cut_off_at_the_end_is_an_error() =>
        Assert.Equal("TextEncoding", Assert.Throws<McdmException>(() => { File.WriteAllBytes(Path, [(byte)'a', 0xC3]); TextFile.ReadAll(Path); }).Id);
}
