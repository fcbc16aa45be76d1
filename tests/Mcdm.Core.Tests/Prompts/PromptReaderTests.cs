using Mcdm.Families.StableDiffusion.Prompts;
using Xunit;

namespace Mcdm.Core.Tests.Prompts;

/// <summary>What of a prompt is refused, doubted and told; what it becomes, golden cases say.</summary>
public sealed class PromptReaderTests
{
    [Theory]
    [InlineData("a <lora:style:0.8> fox", "PromptNetwork", "-Lora style.safetensors -LoraWeight 0.8")]
    [InlineData("<hypernet:x:1>", "PromptNetwork", "hypernet")]
    [InlineData("a fox, [cat:dog:0.5]", "PromptSchedule", "[cat:dog:0.5]")]
    [InlineData("[cat|dog]", "PromptSchedule", "-Schedule")]
    [InlineData("at [12:30]", "PromptSchedule", "[12:30]")]
    [InlineData("(embedding:badhands:1.2) fox", "PromptEmbedding", "'badhands'")]
    [InlineData("a (fox:1.2.3)", "PromptWeight", "1.2.3")]
    [InlineData("a (fox:.)", "PromptWeight", "no number")]
    public void What_no_rule_covers_is_refused_by_name(string prompt, string id, string named)
    {
        foreach (string use in new[] { "Wanted", "Negative", "Beside" })
        {
            var refusal = Assert.Throws<McdmException>(() => TinyPrompts.Reader().Read(prompt, Enum.Parse<PromptUse>(use)));
            Assert.Equal(id, refusal.Id);
            Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        }
        Assert.Empty(TinyPrompts.Reader().Read(prompt, PromptUse.Literal).Doubts);
    }

    [Theory]
    [InlineData("format 16:9", "by 9")]
    [InlineData("(a fox BREAK a cat)", "BREAK in brackets is the word")]
    [InlineData("a (fox:3)", "'fox' has the weight 3")]
    [InlineData("a (16:9) picture", "'16' has the weight 9")]
    [InlineData("a (fox:1e9)", "':1e9)' is no weight")]
    [InlineData("a (fox:nan)", "':nan)' is no weight")]
    [InlineData("a (fox:1,5)", "':1,5)' is no weight")]
    [InlineData("a {red|blue} fox", "'{red|blue}' is read as it stands")]
    [InlineData("a __colour__ fox", "'__colour__' is read as it stands")]
    [InlineData("a fox++ here", "'fox++' is read as it stands")]
    [InlineData("a (fox)1.2", "')1.2' is read as it stands")]
    [InlineData("a <cat-toy>", "no token that this model has learnt")]
    [InlineData("C# and F#", "'# and F#' is left out")]
    [InlineData("a ((fox)", "not closed")]
    public void What_surprises_is_told(string prompt, string told)
    {
        Assert.Contains(TinyPrompts.Reader().Read(prompt, PromptUse.Wanted).Doubts, doubt => doubt.Contains(told, StringComparison.Ordinal));
        Assert.Empty(TinyPrompts.Reader().Read(prompt, PromptUse.Literal).Doubts);
    }

    [Theory]
    [InlineData("a photo of (a fox:1.3), [[snow]], at 12:30 (noon)")]
    [InlineData("masterpiece, (best quality:1.2), \\(original\\), BREAK a cat AND a dog :0.5")]
    [InlineData("well-known, e-mail, 1girl, 4k")]
    public void What_is_plain_is_not_doubted(string prompt) => Assert.Empty(TinyPrompts.Reader().Read(prompt, PromptUse.Wanted).Doubts);

    [Fact]
    public void AND_makes_terms_of_a_wanted_prompt_alone()
    {
        var reader = TinyPrompts.Reader();
        Assert.Equal([1, 0.5], reader.Read("a fox AND a cat :0.5", PromptUse.Wanted).Parts.Select(part => part.Weight));
        var negative = reader.Read("a fox AND a cat :0.5", PromptUse.Negative);
        Assert.Equal(1, Assert.Single(negative.Parts).Weight);
        Assert.Contains("AND is a word there", Assert.Single(negative.Doubts), StringComparison.Ordinal);
        Assert.Equal("PromptAnd", Assert.Throws<McdmException>(() => reader.Read("a fox AND a cat", PromptUse.Beside)).Id);
    }

    [Fact]
    public void How_a_prompt_is_read_is_told()
    {
        var notes = new List<string>();
        TinyPrompts.Reader().Read("a (red:1.3) fox BREAK snow :2", PromptUse.Wanted, notes.Add);
        Assert.Contains("× 2 is read as 'a' 'red' × 1.3 'fox' BREAK 'snow': ", Assert.Single(notes), StringComparison.Ordinal);
        Assert.EndsWith("in 2 chunks of 75.", notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_has_a_longest_length()
    {
        var reader = TinyPrompts.Reader();
        Assert.Equal(100, Assert.Single(reader.Read(string.Concat(Enumerable.Repeat("a ", 7500)), PromptUse.Wanted).Parts).Chunks.Count);
        foreach (string prompt in new[]
        {
            string.Concat(Enumerable.Repeat("fox ", 10_000)), new string('(', 200_000), string.Concat(Enumerable.Repeat("(a", 40_000)), "x" + new string(' ', 90_000) + string.Concat(Enumerable.Repeat("b ", 8000)),
        })
        {
            Assert.Contains(Assert.Throws<McdmException>(() => reader.Read(prompt, PromptUse.Wanted)).Id, new[] { "PromptTooLong", "PromptWeight" });
        }
        Assert.Equal("PromptWeight", Assert.Throws<McdmException>(() => reader.Read($"(a:{new string('9', 400)})", PromptUse.Wanted)).Id);
    }
}
