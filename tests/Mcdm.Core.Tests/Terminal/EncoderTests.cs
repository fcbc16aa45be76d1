using Mcdm.Core.Tests.Imaging;
using Mcdm.Display.Terminal;
using Mcdm.Imaging;
using Mcdm.Tests.Terminal;
using Xunit;

namespace Mcdm.Core.Tests.Terminal;

/// <summary>What the encoders write is what a terminal's reader gets back.</summary>
public sealed class EncoderTests
{
    /// <summary>Half a percent, which is what sixel's registers round to.</summary>
    private const int SixelRounding = 2;

    /// <summary>As many distinct pixels as there can be; every seventh transparent.</summary>
    private static Picture Noise(int width, int height, bool holes = true, int seed = 1)
    {
        var rgba = new byte[4 * width * height];
        new Random(seed).NextBytes(rgba);
        for (int i = 0; i < width * height; i++) { rgba[4 * i + 3] = (byte)(holes && i % 7 == 0 ? 0 : 255); }
        return new Picture(width, height, rgba);
    }

    private static Picture Few(int width, int height)
    {
        byte[][] colors = [[255, 0, 0, 255], [0, 0, 255, 255], [250, 250, 250, 255], [12, 200, 99, 255], [0, 0, 0, 0]];
        var random = new Random(3);
        return new Picture(width, height, [.. Enumerable.Range(0, width * height).SelectMany(i => colors[i / 5 % 3 == 0 ? 4 : random.Next(5)])]);
    }

    private static byte[] Visible(Picture picture)
    {
        byte[] rgba = [.. picture.Rgba];
        for (int i = 0; i < rgba.Length; i += 4)
        {
            if (rgba[i + 3] == 0) { (rgba[i], rgba[i + 1], rgba[i + 2]) = (0, 0, 0); }
        }
        return rgba;
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(9, 12)]
    [InlineData(64, 64)]
    public void Half_blocks_hold_every_pixel(int width, int height)
    {
        var picture = Noise(width, height);
        var shown = DrawnPicture.FromHalfBlocks(HalfBlocks.Encode(picture));
        Assert.Equal((width, height), (shown.Width, shown.Height));
        Assert.Equal(Visible(picture), Visible(shown));
    }

    [Fact]
    public void Half_blocks_of_an_odd_height_end_in_the_background()
    {
        var shown = DrawnPicture.FromHalfBlocks(HalfBlocks.Encode(Pictures.Filled(3, 5, new PictureColor(1, 2, 3))));
        Assert.Equal(6, shown.Height);
        Assert.All(Enumerable.Range(15, 3), pixel => Assert.Equal(0, shown.Rgba[4 * pixel + 3]));
    }

    [Fact]
    public void A_line_of_half_blocks_selects_a_colour_once() =>
        Assert.Equal("\e[38;2;1;2;3m\e[48;2;1;2;3m▀▀▀▀\e[0m\r\n", HalfBlocks.Encode(Pictures.Filled(4, 2, new PictureColor(1, 2, 3))));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 6)]
    [InlineData(37, 23)]
    public void Sixels_of_few_colours_hold_every_pixel(int width, int height)
    {
        var picture = Few(width, height);
        var shown = DrawnPicture.FromSixel(Sixel.Encode(picture));
        Assert.Equal((width, height), (shown.Width, shown.Height));
        byte[] expected = Visible(picture), actual = Visible(shown);
        for (int i = 0; i < expected.Length; i++) { Assert.InRange(actual[i] - expected[i], -SixelRounding, SixelRounding); }
    }

    [Fact]
    public void Sixels_of_more_colours_than_there_are_registers_stay_near()
    {
        var picture = Noise(64, 64, holes: false);
        string text = Sixel.Encode(picture);
        var shown = DrawnPicture.FromSixel(text);
        double meanError = Enumerable.Range(0, picture.Rgba.Length).Average(i => Math.Abs(picture.Rgba[i] - shown.Rgba[i]));
        // 256 colours spread over the whole cube leave boxes of 32 to 51 levels, a mean error of 8 to 13 in three of four channels.
        Assert.InRange(meanError, 1, 12);
        Assert.Contains("#255;2;", text, StringComparison.Ordinal);
        Assert.DoesNotContain("#256;", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_sixels_are_counted() => Assert.Equal("\eP0;1;0q\"1;1;300;6#0;2;100;0;0#0!300~-\e\\", Sixel.Encode(Pictures.Filled(300, 6, new PictureColor(255, 0, 0))));

    [Fact]
    public void A_transparent_picture_has_no_sixels() =>
        Assert.All(DrawnPicture.FromSixel(Sixel.Encode(new Picture(5, 7, new byte[140]))).Rgba, value => Assert.Equal(0, value));

    [Theory]
    [InlineData(4, 4, 1)]
    [InlineData(64, 64, 3)]
    public void Kitty_holds_every_pixel_in_chunks(int width, int height, int leastChunks)
    {
        var picture = Noise(width, height);
        var (shown, keys, lengths) = DrawnPicture.FromKitty(KittyGraphics.Encode(picture, 8, 4, id: 5));
        Assert.Equal(Visible(picture), Visible(shown));
        Assert.True(lengths.Length >= leastChunks);
        Assert.All(lengths[..^1], length => Assert.Equal(4096, length));
        Assert.InRange(lengths[^1], 1, 4096);
        Assert.Equal(("T", "100", "2", "1", "8", "4", "5"), (keys["a"], keys["f"], keys["q"], keys["C"], keys["c"], keys["r"], keys["i"]));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(16, 16)]
    [InlineData(256, 256)]
    public void A_palette_has_no_more_colours_than_asked_for_and_each_is_used(int size, int expected)
    {
        var picture = Noise(64, 64);
        var palette = ColorPalette.Of(picture, size, _ => true);
        Assert.Equal(expected, palette.Colors.Count);
        Assert.Equal(Enumerable.Range(0, expected), Enumerable.Range(0, 64 * 64).Select(pixel => palette.IndexOf(picture, pixel)).Distinct().Order());
    }

    [Fact]
    public void The_median_cut_gives_more_colours_to_what_there_is_more_of()
    {
        // Two thousand greys of one half and ten of the other: of four colours three go where pixels and width are.
        var rgba = Enumerable.Range(0, 2000).Select(i => (byte)(i % 100)).Concat(Enumerable.Repeat((byte)250, 10)).SelectMany(level => new byte[] { level, level, level, 255 }).ToArray();
        var palette = ColorPalette.Of(new Picture(2010, 1, rgba), 4, _ => true);
        Assert.True(palette.Colors.Count(color => color.Red < 110) >= 3);
    }
}
