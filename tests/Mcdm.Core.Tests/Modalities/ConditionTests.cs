using Mcdm.Sampling;
using System.Security.Cryptography;
using System.Text;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

public sealed class ConditionTests
{
    private static Picture Pixels(int width, int height, params byte[] rgba) => new(width, height, rgba);

    private static string Sha256(params byte[][] parts) => Convert.ToHexString(SHA256.HashData(parts.SelectMany(p => p).ToArray())).ToLowerInvariant();

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    public void Text_that_says_nothing_is_refused(string text)
    {
        var error = Assert.Throws<McdmException>(() => Condition.FromText(text));
        Assert.Equal("TextEmpty", error.Id);
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Weights_are_finite_whatever_the_modality(double weight)
    {
        var picture = Pictures.Filled(1, 1, PictureColor.White);
        foreach (Action make in new Action[] { () => Condition.FromText("a", weight), () => Condition.FromSketch(picture, weight), () => Condition.FromSegment(picture, null, weight) })
        {
            Assert.Equal("WeightNotFinite", Assert.Throws<McdmException>(make).Id);
        }
    }

    [Theory]
    [InlineData(1e39)]
    [InlineData(-1e7)]
    public void Weights_beside_which_nothing_else_would_count_are_refused(double weight)
    {
        Assert.Equal("WeightOutOfRange", Assert.Throws<McdmException>(() => Condition.FromText("a", weight)).Id);
        Assert.Equal("WeightOutOfRange", Assert.Throws<McdmException>(() => new WeightSchedule([new(1, weight)])).Id);
        Assert.Equal("WeightOutOfRange", Assert.Throws<McdmException>(() => Condition.FromText("a").Weighted(weight)).Id);
    }

    [Theory]
    [InlineData(0xD83D)]
    [InlineData(0xDE00)]
    [InlineData(0xFFFE)]
    [InlineData(0xFFFF)]
    public void Texts_and_names_that_no_file_can_hold_are_refused(int character)
    {
        string text = $"a face {(char)character} and more";
        var error = Assert.Throws<McdmException>(() => Condition.FromText(text));
        Assert.Equal("TextInvalid", error.Id);
        Assert.Contains("character 8 is", error.Message, StringComparison.Ordinal);
        Assert.Equal("NameInvalid", Assert.Throws<McdmException>(() => PictureName.Check(text)).Id);
        Assert.Equal("a 😀 face", Condition.FromText("a 😀 face").Text);
        PictureName.Check("a 😀 face");
    }

    [Fact]
    public void A_negative_weight_turns_away_from_a_condition() => Assert.Equal(-0.5, Condition.FromText("a beard", -0.5).Weight);

    [Fact]
    public void Text_is_hashed_as_utf8_without_the_space_around_it()
    {
        Assert.Equal(Sha256(Encoding.UTF8.GetBytes("schwarzes Haar, müde")), Condition.FromText("  schwarzes Haar, müde ").ContentHash);
        Assert.NotEqual(Condition.FromText("black hair").ContentHash, Condition.FromText("Black hair").ContentHash);
    }

    [Fact]
    public void A_picture_is_hashed_by_size_and_every_byte()
    {
        byte[] bytes = Enumerable.Range(0, 24).Select(i => (byte)i).ToArray();
        string hash = Condition.FromSketch(Pixels(2, 3, bytes)).ContentHash;
        Assert.Equal(Sha256("2x3:"u8.ToArray(), bytes), hash);
        Assert.NotEqual(hash, Condition.FromSketch(Pixels(3, 2, bytes)).ContentHash);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;
            Assert.NotEqual(hash, Condition.FromSketch(Pixels(2, 3, changed)).ContentHash);
        }
    }

    [Fact]
    public void The_hash_is_of_the_value_alone()
    {
        var picture = Pictures.Filled(2, 2, Pictures.Black);
        Assert.Equal(Condition.FromSegment(picture).ContentHash, Condition.FromSegment(picture, [], 2, "/somewhere/mask.png").ContentHash);
        Assert.NotEqual(Condition.FromSegment(picture).ContentHash, Condition.FromSegment(picture, ["hair"]).ContentHash);
        Assert.Equal(Condition.FromSegment(picture, ["Hair"]).ContentHash, Condition.FromSegment(picture, ["hair"]).ContentHash);
        Assert.NotEqual(Condition.FromSegment(picture, ["hair", "mouth"]).ContentHash, Condition.FromSegment(picture, ["hairmouth"]).ContentHash);
    }

    [Fact]
    public void People_read_the_value_the_parts_and_an_unusual_weight()
    {
        var picture = Pictures.Filled(4, 2, Pictures.Black);
        Assert.Equal("Text 'black hair'", Condition.FromText("black hair").ToString());
        Assert.Equal("Text 'black hair' × 1.5", Condition.FromText("black hair", 1.5).ToString());
        Assert.Equal("Sketch 4×2", Condition.FromSketch(picture).ToString());
        Assert.Equal("Segment mask.png (hair, mouth)", Condition.FromSegment(picture, ["hair", "mouth"], 1, "/folder/mask.png").ToString());
    }
}
