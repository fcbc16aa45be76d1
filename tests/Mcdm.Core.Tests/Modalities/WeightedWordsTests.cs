using Mcdm.Modalities;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

public sealed class WeightedWordsTests
{
    [Theory]
    [InlineData("a (red hat:1.3) on a cat", true)]
    [InlineData("(cat: 2)", true)]
    [InlineData("a cat (asleep)", false)]
    [InlineData("at 10:30", false)]
    public void Brackets_that_other_programs_take_for_weights_are_doubted(string text, bool doubted) => Assert.Equal(doubted, Condition.FromText(text).Doubt is not null);
}
