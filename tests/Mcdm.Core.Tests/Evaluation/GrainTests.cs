using Mcdm.Core.Tests.Imaging;
using Mcdm.Evaluation;
using Mcdm.Imaging;
using Xunit;

namespace Mcdm.Core.Tests.Evaluation;

/// <summary>Grain and flat share of pictures whose answers are known.</summary>
public sealed class GrainTests
{
    private static double? FlatShare(Picture picture) => Flatness.Share(Flatness.Of(picture));

    private static FlatPlaces? FlatIn(params Picture[] pictures)
    {
        var tally = new FlatPlaces.Tally();
        foreach (var picture in pictures) { tally.Add(picture, Flatness.Of(picture)); }
        return tally.Places();
    }

    private static readonly Picture s_flat = Pictures.Filled(64, 64, new PictureColor(250, 10, 90));

    [Fact]
    public void One_color_has_no_grain_and_is_flat_everywhere()
    {
        Assert.Equal((0, 1.0), (Grain.InCorner(s_flat), FlatShare(s_flat)));
        var places = FlatIn(s_flat)!;
        Assert.Equal(62 * 62, places.Corners.Count);
        Assert.Equal(0, Grain.At(s_flat, places));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(12)]
    public void White_noise_has_its_deviation_as_grain_and_is_flat_nowhere(double deviation)
    {
        var noise = DrawnLevels.Noise(512, deviation, seed: 1);
        double expected = Math.Sqrt(deviation * deviation + 1.0 / 12);
        Assert.Equal(expected, Grain.InCorner(noise), 0.03 * expected);
        Assert.Equal(expected, Grain.At(noise, FlatIn(Pictures.Filled(512, 512, PictureColor.White))!)!.Value, 0.01 * expected);
        Assert.InRange(FlatShare(noise)!.Value, 0, deviation == 2 ? 0.001 : 0);
    }

    /// <summary>Levels of a checkerboard are ±a about the mean in a corner of an even side; nine of them sum up to ±a, so that their variance about their mean is (9a² − a²/9) / 8.</summary>
    [Fact]
    public void A_checkerboard_has_half_its_contrast_as_grain()
    {
        var board = DrawnLevels.Grey(64, 64, (x, y) => (x + y) % 2 == 0 ? 100 : 106);
        Assert.Equal(3, Grain.InCorner(board), 12);
        Assert.Equal(3 * Math.Sqrt((9 - 1.0 / 9) / 8), Grain.At(board, FlatIn(s_flat)!)!.Value, 12);
        Assert.Equal(0, FlatShare(board));
    }

    [Fact]
    public void The_corner_is_an_eighth_of_the_width_and_each_channel_has_its_own_mean()
    {
        // Another colour from column and row 8 on, and blue that rises by 1 in every second column of the corner.
        var picture = DrawnLevels.Colored(64, 32, (x, y, channel) => x < 8 && y < 8 ? (channel == 2 ? 50 + x % 2 : 200) : 0);
        Assert.Equal(Math.Sqrt(0.25 / 3), Grain.InCorner(picture), 12);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void A_neighbourhood_is_flat_up_to_a_difference_of_2_in_each_channel(int difference, bool flat)
    {
        var picture = DrawnLevels.Colored(3, 3, (x, y, channel) => 100 * channel + (channel == 1 && (x, y) == (2, 0) ? difference : 0));
        Assert.Equal([flat], Flatness.Of(picture));
    }

    /// <summary>An edge between columns 31 and 32 lies in the neighbourhoods at columns 30 and 31.</summary>
    [Fact]
    public void Neighbourhoods_across_an_edge_are_not_flat()
    {
        var picture = DrawnLevels.Grey(64, 64, (x, _) => x < 32 ? 0 : 255);
        Assert.Equal(60.0 / 62, FlatShare(picture));
        Assert.DoesNotContain(FlatIn(picture)!.Corners, corner => corner % 64 is 30 or 31);
        Assert.Null(FlatShare(Pictures.Filled(2, 64, PictureColor.White)));
        Assert.Null(FlatIn(Pictures.Filled(2, 64, PictureColor.White)));
    }

    [Fact]
    public void Places_are_flat_in_nearly_all_pictures_of_a_set()
    {
        var edge = DrawnLevels.Grey(64, 64, (x, _) => x < 32 ? 0 : 255);
        Assert.Equal(62 * 62, FlatIn([edge, .. Enumerable.Repeat(s_flat, 99)])!.Corners.Count);
        Assert.Equal(60 * 62, FlatIn([edge, edge, .. Enumerable.Repeat(s_flat, 98)])!.Corners.Count);
        Assert.Null(FlatIn(DrawnLevels.Noise(64, 9, seed: 2)));
        Assert.Null(FlatIn());
    }

    [Fact]
    public void Places_of_pictures_of_other_sizes_are_not_looked_at()
    {
        Assert.Null(FlatIn(s_flat, Pictures.Filled(128, 128, PictureColor.White)));
        Assert.Null(FlatIn(Pictures.Filled(128, 128, PictureColor.White), s_flat, s_flat));
        Assert.Null(Grain.At(s_flat, FlatIn(Pictures.Filled(128, 128, PictureColor.White))!));
    }

    /// <summary>A slope of 2 a column is no grain: only what 3 columns of it vary, 8/3 about their mean, times 9/8.</summary>
    [Fact]
    public void Slow_changes_hardly_count_in_flat_places()
    {
        var slope = DrawnLevels.Grey(64, 64, (x, _) => 2 * x);
        Assert.Equal(Math.Sqrt(3), Grain.At(slope, FlatIn(s_flat)!)!.Value, 12);
        Assert.InRange(Grain.InCorner(slope), 4, 5);
    }
}
