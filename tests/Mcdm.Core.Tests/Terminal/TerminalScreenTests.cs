using Mcdm.Core.Tests.Imaging;
using Mcdm.Display.Terminal;
using Mcdm.Imaging;
using Mcdm.Tests.Terminal;
using Xunit;

namespace Mcdm.Core.Tests.Terminal;

/// <summary>Where pictures stand and how large they are.</summary>
public sealed class TerminalScreenTests
{
    private static readonly PictureColor s_red = new(200, 30, 20), s_blue = new(10, 40, 210);
    private static readonly Picture s_face = Pictures.Filled(64, 64, s_red);

    private static TerminalScreen Screen(GraphicsProtocol protocol, int columns = 80, int rows = 24, CellSize? cell = null) =>
        new(protocol, columns, rows, cell ?? CellSize.Usual);

    [Theory]
    [InlineData(80, 24, null, 39)]      // two in a row
    [InlineData(200, 60, null, 64)]     // a column for each pixel
    [InlineData(200, 20, null, 36)]     // 18 lines high
    [InlineData(80, 24, 12, 12)]
    [InlineData(30, 50, 60, 30)]        // no wider than the window
    [InlineData(80, 24, 300, 44)]       // nor higher
    [InlineData(3, 2, null, 1)]
    public void A_picture_is_whole_in_the_window(int columns, int rows, int? wanted, int expected) =>
        Assert.Equal(expected, Screen(GraphicsProtocol.HalfBlock, columns, rows).Fit(s_face, wanted));

    [Theory]
    [InlineData(10, 20, 20)]
    [InlineData(8, 20, 16)]
    [InlineData(10, 15, 28)]     // 26.7 dots, in whole lines
    public void The_shape_is_kept_whatever_the_shape_of_a_cell(int cellWidth, int cellHeight, int expectedHeight) =>
        Assert.Equal(expectedHeight, DrawnPicture.FromHalfBlocks(Screen(GraphicsProtocol.HalfBlock, cell: new CellSize(cellWidth, cellHeight)).Draw([(s_face, 20)]).Text).Height);

    [Fact]
    public void Pictures_stand_side_by_side_with_their_tops_in_line()
    {
        var shown = DrawnPicture.FromHalfBlocks(Screen(GraphicsProtocol.HalfBlock).Draw([(s_face, 8), (Pictures.Filled(64, 32, s_blue), 8)]).Text);
        Assert.Equal((17, 8), (shown.Width, shown.Height));
        Assert.Equal(new byte[] { 200, 30, 20, 255 }, Pixel(shown, 7, 7));
        Assert.Equal(0, Pixel(shown, 8, 0)[3]);
        Assert.Equal(new byte[] { 10, 40, 210, 255 }, Pixel(shown, 9, 3));
        Assert.Equal(0, Pixel(shown, 9, 4)[3]);
    }

    [Fact]
    public void Sixels_have_the_terminals_pixels()
    {
        var drawing = Screen(GraphicsProtocol.Sixel, cell: new CellSize(9, 21)).Draw([(s_face, 20)]);
        var shown = DrawnPicture.FromSixel(drawing.Text);
        Assert.Equal((180, 180), (shown.Width, shown.Height));
        Assert.Equal(9, drawing.Rows);
    }

    [Fact]
    public void Kitty_fills_whole_cells_with_nothing_below_the_picture()
    {
        var drawing = Screen(GraphicsProtocol.Kitty, cell: new CellSize(9, 21)).Draw([(s_face, 20)]);
        var (shown, keys, _) = DrawnPicture.FromKitty(drawing.Text);
        Assert.Equal((180, 9 * 21), (shown.Width, shown.Height));
        Assert.Equal(("20", "9"), (keys["c"], keys["r"]));
        Assert.Equal((255, 0), (Pixel(shown, 0, 179)[3], Pixel(shown, 0, 180)[3]));
    }

    [Theory]
    [InlineData(GraphicsProtocol.Kitty)]
    [InlineData(GraphicsProtocol.Sixel)]
    public void Room_is_made_before_graphics_are_drawn_and_left_after(GraphicsProtocol protocol)
    {
        var drawing = Screen(protocol).Draw([(s_face, 8)]);
        Assert.Equal(4, drawing.Rows);
        Assert.StartsWith("\r\n\r\n\r\n\r\n\e[4A\e7\e", drawing.Text, StringComparison.Ordinal);
        Assert.EndsWith("\e\\\e8\e[4B\r", drawing.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thin_picture_stays_in_the_window() =>
        Assert.InRange(Screen(GraphicsProtocol.HalfBlock).Draw([(Pictures.Filled(1, 5000, s_red), 1)]).Rows, 1, 23);

    [Theory]
    [InlineData(80, 39, 2)]
    [InlineData(79, 39, 2)]
    [InlineData(78, 39, 1)]
    [InlineData(10, 39, 1)]
    public void As_many_stand_in_a_row_as_fit(int columns, int each, int expected) =>
        Assert.Equal(expected, Screen(GraphicsProtocol.Sixel, columns).CountInRow(each));

    private static byte[] Pixel(Picture picture, int x, int y) => picture.Rgba[(4 * (y * picture.Width + x))..][..4];
}
