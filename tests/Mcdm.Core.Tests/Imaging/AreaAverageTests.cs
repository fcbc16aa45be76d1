using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Xunit;

namespace Mcdm.Core.Tests.Imaging;

public sealed class AreaAverageTests
{
    private static byte[] Red(Picture picture) => Enumerable.Range(0, picture.Width * picture.Height).Select(i => picture.Rgba[4 * i]).ToArray();

    private static Picture Row(params byte[] reds) => new(reds.Length, 1, [.. reds.SelectMany(red => new byte[] { red, 10, 20, 255 })]);

    [Fact]
    public void A_pixel_on_a_border_counts_in_both_cells_by_its_share()
    {
        // The middle one of three pixels is half of each cell's half: (0 + 90/2) / 1.5 and (90/2 + 240) / 1.5.
        var reduced = AreaAverage.Reduce(Row(0, 90, 240), 2, 1);
        Assert.Equal([30, 190], Red(reduced));
        Assert.Equal([10, 20, 255], reduced.Rgba[1..4]);
    }

    [Fact]
    public void Whole_cells_have_their_mean_rounded_to_the_nearest_level() => Assert.Equal([3, 101], Red(AreaAverage.Reduce(Row(1, 4, 100, 102), 2, 1)));

    [Fact]
    public void Rows_are_averaged_as_columns_are()
    {
        var column = new Picture(1, 4, Row(0, 10, 200, 250).Rgba);
        Assert.Equal([5, 225], Red(AreaAverage.Reduce(column, 1, 2)));
    }

    [Fact]
    public void A_smaller_picture_is_spread() => Assert.Equal([7, 7, 9, 9], Red(AreaAverage.Reduce(Row(7, 9), 4, 1)));
}
