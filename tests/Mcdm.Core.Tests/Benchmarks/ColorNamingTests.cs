using Mcdm.Benchmarks.Faces;
using Mcdm.Imaging;
using Xunit;

namespace Mcdm.Core.Tests.Benchmarks;

public sealed class ColorNamingTests
{
    private static readonly ColorNaming Colors = new ColorNaming().Add("red", 0xd1401f, 0.72).Add("brown", 0x5e3417).Add("white", 0xffffff);

    private static string Name(int red, int green, int blue) => Assert.Single(Colors.Name(new Picture(1, 1, [(byte)red, (byte)green, (byte)blue, 255])));

    [Fact]
    public void A_colour_has_its_own_name() => Assert.Equal("brown", Name(0x5e, 0x34, 0x17));

    [Fact]
    public void A_colour_between_two_has_the_nearer_ones() => Assert.Equal("white", Name(250, 200, 200));

    [Fact]
    public void Shadow_keeps_the_name()
    {
        Assert.Equal("red", Name(150, 46, 22));
        Assert.Equal("brown", Assert.Single(new ColorNaming().Add("red", 0xd1401f).Add("brown", 0x5e3417).Name(new Picture(1, 1, [150, 46, 22, 255]))));
    }

    [Fact]
    public void Every_pixel_is_named_row_by_row() =>
        Assert.Equal(["white", "brown"], Colors.Name(new Picture(2, 1, [255, 255, 255, 255, 90, 50, 20, 255])));
}
