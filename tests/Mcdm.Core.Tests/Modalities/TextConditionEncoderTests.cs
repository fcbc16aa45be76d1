using Mcdm.Modalities;
using Mcdm.Modalities.Text;
using TorchSharp;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

public sealed class TextConditionEncoderTests
{
    private static readonly SubwordTokenizer Tokenizer = new(SubwordTokenizer.LearnVocabulary(["black hair", "black hair and glasses and a smile"], 200));

    [Fact]
    public void Tokens_are_a_batch_of_one()
    {
        var notes = new List<string>();
        var tokens = new TextConditionEncoder(Tokenizer, 48).Encode(Condition.FromText("black hair"), notes.Add).Tensor;
        Assert.Equal(torch.ScalarType.Int64, tokens.dtype);
        Assert.Equal([1, 4], tokens.shape);
        Assert.Equal(Tokenizer.Encode("black hair", 48).Tokens.Select(t => (long)t), tokens.data<long>().ToArray());
        Assert.Empty(notes);
    }

    [Fact]
    public void A_text_too_long_is_cut_with_a_note_that_says_where()
    {
        var notes = new List<string>();
        var tokens = new TextConditionEncoder(Tokenizer, 5).Encode(Condition.FromText("black hair and glasses"), notes.Add).Tensor;
        Assert.Equal([1, 5], tokens.shape);
        string note = Assert.Single(notes, text => text.Contains("cut after", StringComparison.Ordinal));
        Assert.Contains("5 tokens", note, StringComparison.Ordinal);
        Assert.Contains("…black hair and'", note, StringComparison.Ordinal);
    }
}
