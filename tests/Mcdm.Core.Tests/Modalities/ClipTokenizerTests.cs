using System.IO.Compression;
using System.Text;
using Mcdm.Core.Tests.Formats;
using Mcdm.Families.Shared;
using Mcdm.Modalities.Text;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

/// <summary>CLIP's tokens on a vocabulary of three merges, whose numbers follow from OpenAI's rule: bytes 0…255, the same at word ends 256…511, merges, start, end.</summary>
public sealed class ClipTokenizerTests
{
    private const int EndOfWord = 256, Merges = 512, Start = 515, End = 516;

    private static ClipTokenizer Read(string? padding = null)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("merges.txt.gz");
        using (var packed = new GZipStream(File.Create(path), CompressionMode.Compress)) { packed.Write(Encoding.UTF8.GetBytes("\"a#version: 0.2\nf o\nfo x</w>\nc a\n")); }
        return ClipTokenizerFiles.Read(path, padding);
    }

    private static IEnumerable<int> Text(string text) => Read().Encode(text).Tokens.Skip(1).TakeWhile(token => token != End);

    [Fact]
    public void A_text_has_start_and_end_and_is_filled_up_to_77()
    {
        var (tokens, unread) = Read().Encode("Fox");
        Assert.Equal([Start, Merges + 1, End, End], tokens.Take(4));
        Assert.Equal((77, null), (tokens.Count, unread));
        Assert.Equal(0, Read("!").Encode("fox").Tokens[^1]);
    }

    [Fact]
    public void Digits_stand_alone_and_signs_together() =>
        Assert.Equal([EndOfWord + '1' - '!', EndOfWord + '2' - '!', '?' - '!', EndOfWord + '!' - '!'], Text("12?!"));

    [Fact]
    public void The_piece_that_fills_up_is_found_within_words() =>
        Assert.Equal([Start, Merges + 1, 0, Merges + 1, End, 0], Read("!").Encode("fox!fox").Tokens.Take(6));

    [Fact]
    public void A_letter_beyond_the_first_plane_is_a_letter() =>
        // Four bytes a letter, and one end for the word; as signs they would have joined the exclamation mark.
        Assert.Equal(9, Text("\U0001D400\U0001D401!").Count());

    [Fact]
    public void What_does_not_fit_is_told_from_its_first_word_on()
    {
        string text = string.Concat(Enumerable.Repeat("fox ", 74)) + "x Café fox";
        var (tokens, unread) = Read().Encode(text);
        Assert.Equal("Café fox", unread);
        Assert.Equal((77, EndOfWord + 'x' - '!', End), (tokens.Count, tokens[75], tokens[76]));
        Assert.Null(Read().Encode(text[..290]).Unread);
    }

    [Fact]
    public void Half_an_emoji_is_read_as_a_character_that_nobody_can_read() => Assert.Equal(Text("fox �"), Text("fox \uD83D"));

    [Theory]
    [InlineData("f o\n", "lacks")]
    [InlineData("f o x\n", "not two pieces")]
    [InlineData("f o\nf o\n", "twice")]
    public void A_vocabulary_that_makes_no_sense_is_refused(string merges, string reason)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("merges.txt");
        File.WriteAllText(path, merges);
        var error = Assert.Throws<McdmException>(() => ClipTokenizerFiles.Read(path, padding: reason == "lacks" ? "no such piece" : null));
        Assert.Equal("VocabularyInvalid", error.Id);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"\\ud800\":0}")]
    [InlineData("{\"a\":-1}")]
    [InlineData("[]")]
    [InlineData("{")]
    public void A_folder_whose_vocabulary_is_none_is_refused(string vocabulary)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("vocab.json"), vocabulary);
        File.WriteAllText(folder.File("merges.txt"), "f o\n");
        Assert.Equal("VocabularyInvalid", Assert.Throws<McdmException>(() => ClipTokenizerFiles.Read(folder.Path)).Id);
    }
}
