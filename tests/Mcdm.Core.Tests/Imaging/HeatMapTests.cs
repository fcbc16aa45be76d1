using Mcdm.Display.Plots;
using Mcdm.Imaging;
using Xunit;

namespace Mcdm.Core.Tests.Imaging;

public sealed class HeatMapTests
{
    [Fact]
    public void A_difference_is_the_mean_over_the_colours()
    {
        var first = new Picture(2, 1, [10, 20, 30, 255, 0, 0, 0, 255]);
        var second = new Picture(2, 1, [16, 14, 30, 255, 255, 255, 255, 255]);
        Assert.Equal([4 / 255.0, 1], PictureDifference.Of(first, second));
    }

    [Fact]
    public void Nothing_is_dark_violet_and_the_end_of_the_scale_yellow()
    {
        var picture = HeatMap.Draw([0, 0.25, 0.5, 0], 2, scale: 0.5);
        Assert.Equal((2, 2), (picture.Width, picture.Height));
        Assert.Equal([68, 1, 84, 255], picture.Rgba[..4]);
        Assert.Equal([253, 231, 36, 255], picture.Rgba[8..12]);
        double[] luma = [.. Enumerable.Range(0, 3).Select(i => 0.299 * picture.Rgba[4 * i] + 0.587 * picture.Rgba[4 * i + 1] + 0.114 * picture.Rgba[4 * i + 2])];
        Assert.Equal(luma.Order(), luma);
    }

    [Fact]
    public void Equal_pictures_have_a_heat_map() => Assert.Equal([68, 1, 84, 255], HeatMap.Draw([0], 1, scale: 0).Rgba);
}
