using Mcdm.Imaging;
using Mcdm.Imaging.Lines;
using Xunit;

namespace Mcdm.Core.Tests.Imaging;

public sealed class CannyEdgesTests
{
    [Fact]
    public void A_square_gives_a_closed_line_one_pixel_wide_where_its_border_is()
    {
        // White 12…31 on black: the step lies between 11|12 and 31|32, and the left or upper pixel of a step is marked.
        bool[] edges = CannyEdges.Find(Square(48, 12, 32, Pictures.Black, PictureColor.White));
        for (int i = 16; i < 28; i++)
        {
            Assert.Equal([11, 31], Marked(x => edges[(i * 48) + x]));
            Assert.Equal([11, 31], Marked(y => edges[(y * 48) + i]));
        }

        Assert.DoesNotContain(Enumerable.Range(0, 48 * 48), i =>
            edges[i] && (i % 48 is < 10 or > 33 || i / 48 is < 10 or > 33 || (i % 48 is > 13 and < 29 && i / 48 is > 13 and < 29)));

        static int[] Marked(Func<int, bool> at) => [.. Enumerable.Range(0, 48).Where(at)];
    }

    [Fact]
    public void Colours_of_equal_brightness_have_a_border()
    {
        // Both have a luma of 100.
        bool[] edges = CannyEdges.Find(Square(32, 8, 24, new PictureColor(180, 79, 0), new PictureColor(0, 121, 254)));
        Assert.True(edges[(16 * 32) + 7]);
        Assert.True(edges[(16 * 32) + 23]);
    }

    [Fact]
    public void A_picture_of_one_colour_has_no_edge() =>
        Assert.DoesNotContain(true, CannyEdges.Find(Pictures.Filled(20, 10, new PictureColor(30, 90, 200))));

    [Fact]
    public void Transparent_pixels_are_seen_on_white()
    {
        Picture picture = Square(32, 8, 24, Pictures.Black, PictureColor.White);
        for (int i = 0; i < picture.Rgba.Length; i += 4)
        {
            picture.Rgba[i + 3] = (byte)(picture.Rgba[i] == 255 ? 255 : 0);
        }

        Assert.DoesNotContain(true, CannyEdges.Find(picture));
    }

    [Fact]
    public void A_faint_border_counts_only_where_it_continues_a_strong_one()
    {
        Picture faint = Border(20, 24);
        Picture fading = Border(20, 200);
        Assert.DoesNotContain(true, CannyEdges.Find(faint));
        bool[] edges = CannyEdges.Find(fading);
        Assert.All(Enumerable.Range(0, 32), y => Assert.True(edges[(y * 32) + 15] ^ edges[(y * 32) + 16], $"row {y}"));
        Assert.Equal(32, edges.Count(edge => edge));

        // A border down the middle whose contrast goes evenly from one to the other.
        static Picture Border(int top, int bottom)
        {
            Picture picture = Pictures.Filled(32, 32, Pictures.Black);
            for (int y = 0; y < 32; y++)
            {
                for (int x = 16; x < 32; x++)
                {
                    picture.Rgba.AsSpan(4 * ((y * 32) + x), 3).Fill((byte)(top + ((bottom - top) * y / 31)));
                }
            }

            return picture;
        }
    }

    [Theory]
    [InlineData(-1, 10, 20)]
    [InlineData(double.NaN, 10, 20)]
    [InlineData(1, 30, 20)]
    [InlineData(1, -1, 20)]
    public void Options_that_cannot_work_are_refused(double sigma, double low, double high)
    {
        CannyOptions options = new() { Sigma = sigma, LowThreshold = low, HighThreshold = high };
        McdmException error = Assert.Throws<McdmException>(() => CannyEdges.Find(Pictures.Filled(4, 4, PictureColor.White), options));
        Assert.Equal("CannyOptionsInvalid", error.Id);
    }

    [Fact]
    public void Tiny_pictures_work()
    {
        Assert.Equal([false], CannyEdges.Find(Pictures.Filled(1, 1, Pictures.Black)));
        Assert.Equal(3, CannyEdges.Find(Pictures.Filled(3, 1, Pictures.Black)).Length);
    }

    private static Picture Square(int size, int from, int to, PictureColor paper, PictureColor ink)
    {
        Picture picture = Pictures.Filled(size, size, paper);
        for (int y = from; y < to; y++)
        {
            for (int x = from; x < to; x++)
            {
                int i = 4 * ((y * size) + x);
                (picture.Rgba[i], picture.Rgba[i + 1], picture.Rgba[i + 2]) = (ink.Red, ink.Green, ink.Blue);
            }
        }

        return picture;
    }
}
