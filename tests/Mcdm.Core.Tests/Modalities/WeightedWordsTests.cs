using Mcdm.Modalities;
using Mcdm.Modalities.Text;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

public sealed class WeightedWordsTests
{
    private static readonly TextConditionEncoder s_encoder = new(new SubwordTokenizer(SubwordTokenizer.LearnVocabulary(["a red hat on a cat asleep at 10:30 and (break)"], 300)), 64);

    [Theory]
    [InlineData("a (red hat:1.3) on a cat", true)]
    [InlineData("(cat: 2)", true)]
    [InlineData("a ((cat))", true)]
    [InlineData("a cat BREAK a hat", true)]
    [InlineData("a cat AND a hat", true)]
    [InlineData("a <lora:red:0.8> cat", true)]
    [InlineData("a cat (asleep)", false)]
    [InlineData("at 10:30", false)]
    [InlineData("a cat and a hat", false)]
    public void An_expert_that_reads_letters_doubts_the_language_of_prompts(string text, bool doubted)
    {
        static bool IsDoubted(Condition condition)
        {
            var encoded = s_encoder.Encode(condition, _ => { });
            using (encoded.Tensor) { return encoded.Doubt?.Contains("read literally", StringComparison.Ordinal) == true; }
        }
        var condition = Condition.FromText(text);
        Assert.Equal(doubted, IsDoubted(condition));
        Assert.False(IsDoubted(condition.Literally()));
        Assert.NotEqual(condition.ContentHash, condition.Literally().ContentHash);
    }
}
