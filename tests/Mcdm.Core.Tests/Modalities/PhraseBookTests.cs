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

    [Theory]
    [InlineData("(unclosed", "no regular expression")]
    [InlineData("(?=ahead)x", "no regular expression")]
    [InlineData(" ", "no words")]
    public void Words_that_cannot_be_used_are_a_problem(string words, string problem) =>
        Assert.Contains(problem, Phrase.Problem([new("hair", ["red"], words)]), StringComparison.Ordinal);
}
