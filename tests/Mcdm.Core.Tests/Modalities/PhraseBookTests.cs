using System.Text.RegularExpressions;
using Mcdm.Modalities;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

public sealed class PhraseBookTests
{
    private static readonly PhraseBook Book = new(
    [
        new("hair", ["red"], "(red|ginger) (hair|beard)"),
        new("hair", ["brown"], "brown (hair|beard)"),
        new("glasses", ["round", "square"], "glasses"),
        new("glasses", ["round"], "round glasses"),
        new("glasses", ["none"], "no glasses"),
        new("beard", ["full"], "full (ginger )?beard"),
    ]);

    private static string[] Read(string sentence) => Book.Read(sentence).Select(statement => statement.ToString()).ToArray();

    [Theory]
    [InlineData("She wears glasses.", "glasses: round or square")]
    [InlineData("She wears no glasses.", "glasses: none")]
    [InlineData("Round   glasses", "glasses: round")]
    [InlineData("hairy eyeglasses", null)]
    public void The_longest_phrase_of_whole_words_counts(string sentence, string? statement) =>
        Assert.Equal(statement is null ? [] : [statement], Read(sentence));

    [Fact]
    public void Words_may_state_several_attributes_and_statements_keep_the_sentences_order() =>
        Assert.Equal(["glasses: none", "beard: full", "hair: red", "hair: brown"], Read("no glasses, a full ginger beard and brown hair"));

    [Fact]
    public void A_statement_says_which_words_it_was_read_from() => Assert.Equal("GINGER hair", Assert.Single(Book.Read("has GINGER hair")).Words);

    private static readonly PhraseBook Coloured = new(
    [
        new("hair", ["red"], "(red|ginger) (hair|beard)"),
        new("hair", ["red"], "bright red (hair|beard)"),
        new("hair", ["brown"], "brown (hair|beard)"),
        new("style", ["short"], "hair (that is )?short"),
        new("beard", ["short"], "short (brown )?beard"),
        new("glasses", ["none"], "no glasses"),
        new("hat", ["hat"], "((blue|green) )?hat"),
        new("hat", ["winter hat"], "((blue|green) )?winter hat"),
        new("hat colour", ["blue"], "blue (hat|winter hat)"),
        new("hat colour", ["green"], "green (hat|winter hat)"),
    ]);

    [Theory]
    [InlineData("A person with a red hat.", "red hat", "blue hat, green hat")]
    [InlineData("a Red  winter hat", "Red winter hat", "blue winter hat, green winter hat")]
    [InlineData("green hair and a blue hat", "green hair", "red hair, brown hair")]
    [InlineData("no hat", "no hat", "blue hat, green hat")]
    public void What_is_said_of_a_thing_that_phrases_never_say_it_of_was_never_seen(string sentence, string words, string known)
    {
        var unseen = Assert.Single(Coloured.Unseen(sentence));
        Assert.Equal((words, known), (unseen.Words, string.Join(", ", unseen.Known)));
    }

    [Theory]
    [InlineData("a blue hat, red hair and a short brown beard")]
    [InlineData("hair that is short")]
    [InlineData("short hair")]
    [InlineData("short red hair")]
    [InlineData("brown, hat")]
    [InlineData("a purple hat on a person")]
    public void What_phrases_say_in_other_words_and_words_that_they_do_not_have_are_not_told(string sentence) => Assert.Empty(Coloured.Unseen(sentence));

    [Theory]
    [InlineData("(unclosed", "no regular expression")]
    [InlineData("(?=ahead)x", "no regular expression")]
    [InlineData(" ", "no words")]
    public void Words_that_cannot_be_used_are_a_problem(string words, string problem) =>
        Assert.Contains(problem, Phrase.Problem([new("hair", ["red"], words)]), StringComparison.Ordinal);

    [Theory]
    [InlineData("hair (that is )?(cut|tied) in a bun", true)]
    [InlineData("((blue|green) )?jet-black hats?", true)]
    [InlineData("a+ b", false)]
    [InlineData("a  b", false)]
    [InlineData("(a )? b", false)]
    [InlineData("(a ) b", false)]
    [InlineData("a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v", false)]
    public void Only_plain_words_are_tried_one_after_the_other(string words, bool plain) =>
        Assert.Equal(!plain, new Phrase("hair", ["red"], words).ToRegex().Options.HasFlag(RegexOptions.NonBacktracking));
}
