using System.Text.RegularExpressions;
using Mcdm.Display.Terminal;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Imaging.Files;
using Mcdm.Sampling;
using Mcdm.PowerShell.Hosting;
using Mcdm.Tests.Terminal;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Show-McdmImage and Invoke-McdmSample -Preview: what they draw, and where they do not.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed partial class ShowImageTests(PowerShellEngine engine) : TinyModelTests(engine)
{
    public override void Dispose()
    {
        HostTerminal.StandIn = null;
        base.Dispose();
    }

    private static void StandInFor(GraphicsProtocol protocol, int columns = 80, int rows = 24) => HostTerminal.StandIn = new TerminalScreen(protocol, columns, rows, CellSize.Usual);

    private EngineResult Invoke(string script) => Engine.Invoke(script);

    private Picture Face => PictureFile.Read(Path.Combine(Folder, "face.png"));

    [Theory]
    [InlineData("Show-McdmImage ./face.png")]
    [InlineData("'./face.png', './mask.png' | Show-McdmImage -Protocol HalfBlock")]
    [InlineData("Show-McdmImage ./*.png -Protocol Sixel -PassThru")]
    public void Nothing_is_drawn_into_a_file(string script)
    {
        var result = Invoke(script);
        Assert.Equal(["TerminalCannotShow"], result.ErrorIds);
        Assert.Contains("Save-McdmImage", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(("", 0), (result.HostText, result.Output.Count));
    }

    [Fact]
    public void A_picture_is_drawn_a_column_a_pixel_and_not_written()
    {
        StandInFor(GraphicsProtocol.HalfBlock);
        var result = Invoke("Show-McdmImage ./face.png").WithoutErrors();
        Assert.Empty(result.Output);
        Assert.Equal(Face.Rgba, DrawnPicture.FromHalfBlocks(result.HostText).Rgba);
    }

    [Theory]
    [InlineData("Show-McdmImage ./face.png, ./mask.png")]
    [InlineData("Show-McdmImage -LiteralPath ./face.png, ./mask.png")]
    [InlineData("'./face.png', './mask.png' | Show-McdmImage")]
    [InlineData("[System.IO.FileInfo]::new(\"$PWD/face.png\"), './mask.png' | Show-McdmImage")]
    [InlineData("Join-McdmImage ./face.png -Scale 1 | ForEach-Object { './face.png', './mask.png' } | Show-McdmImage")]
    public void Pictures_come_by_path_and_pipeline_and_stand_side_by_side(string script)
    {
        StandInFor(GraphicsProtocol.HalfBlock);
        var shown = DrawnPicture.FromHalfBlocks(Invoke(script).WithoutErrors().HostText);
        Assert.Equal((33, 16), (shown.Width, shown.Height));
    }

    [Fact]
    public void Rows_break_where_the_window_ends()
    {
        StandInFor(GraphicsProtocol.HalfBlock, columns: 32);
        var shown = DrawnPicture.FromHalfBlocks(Invoke("Show-McdmImage ./face.png, ./mask.png, ./face.png -Width 10").WithoutErrors().HostText);
        Assert.Equal((32, 10), (shown.Width, shown.Height));
        StandInFor(GraphicsProtocol.HalfBlock, columns: 31);
        shown = DrawnPicture.FromHalfBlocks(Invoke("Show-McdmImage ./face.png, ./mask.png, ./face.png -Width 10").WithoutErrors().HostText);
        Assert.Equal((21, 20), (shown.Width, shown.Height));
    }

    [Fact]
    public void A_picture_wider_than_the_terminal_is_drawn_as_large_as_fits()
    {
        StandInFor(GraphicsProtocol.HalfBlock, columns: 12);
        var shown = DrawnPicture.FromHalfBlocks(Invoke("Show-McdmImage ./face.png -Width 500").WithoutErrors().HostText);
        Assert.Equal((12, 12), (shown.Width, shown.Height));
    }

    [Fact]
    public void The_protocol_can_be_said()
    {
        StandInFor(GraphicsProtocol.HalfBlock);
        var sixel = DrawnPicture.FromSixel(Invoke("Show-McdmImage ./face.png -Protocol Sixel").WithoutErrors().HostText);
        var (kitty, keys, _) = DrawnPicture.FromKitty(Invoke("Show-McdmImage ./face.png -Protocol Kitty").WithoutErrors().HostText);
        Assert.Equal((160, 160, 160, 160), (sixel.Width, sixel.Height, kitty.Width, kitty.Height));
        Assert.DoesNotContain("i", keys.Keys);
        Assert.Equal(["CannotConvertArgumentNoMessage"], Invoke("Show-McdmImage ./face.png -Protocol Magic").ErrorIds);
        Assert.Equal(["Auto", "HalfBlock", "Kitty", "Sixel"], Engine.Complete("Show-McdmImage -Protocol ").Order());
    }

    [Fact]
    public void Pictures_are_handed_on_when_asked_for()
    {
        StandInFor(GraphicsProtocol.HalfBlock);
        var result = Invoke("Show-McdmImage ./face.png, ./mask.png -PassThru").WithoutErrors();
        Assert.Equal(["face", "mask"], result.Output.Select(item => Assert.IsType<McdmImage>(item.BaseObject).Name));
        Assert.Equal(33, DrawnPicture.FromHalfBlocks(result.HostText).Width);
    }

    [Fact]
    public void What_is_no_picture_is_an_error_and_the_others_are_shown()
    {
        StandInFor(GraphicsProtocol.HalfBlock);
        File.WriteAllText(Path.Combine(Folder, "text.png"), "words");
        var result = Invoke("Show-McdmImage ./face.png, ./text.png, ./missing.png, ./mask.png");
        Assert.Equal(["PictureNotRecognised", "PathNotFound"], result.ErrorIds);
        Assert.Equal(33, DrawnPicture.FromHalfBlocks(result.HostText).Width);
        Assert.Equal(["ParameterArgumentTransformationError"], Invoke("'./text.png' | Show-McdmImage").ErrorIds);
    }

    [Fact]
    public void A_preview_ends_in_the_pictures_themselves_each_batch_below_the_one_before()
    {
        ImportTiny();
        StandInFor(GraphicsProtocol.HalfBlock);
        var result = Invoke("Invoke-McdmSample -Model $tiny -Count 3 -BatchSize 2 -Steps 4 -Seed 1 -Preview").WithoutErrors();
        var images = result.Output.Select(item => ((McdmImage)item.BaseObject).Picture).ToList();
        var shown = DrawnPicture.FromHalfBlocks(ScreenAfter(result.HostText));
        Assert.Equal((33, 32), (shown.Width, shown.Height));
        Assert.Equal([images[0].Rgba, images[1].Rgba, images[2].Rgba], [Crop(shown, 0, 0), Crop(shown, 17, 0), Crop(shown, 0, 16)]);
        Assert.Equal(0, Crop(shown, 17, 16).Max());
    }

    /// <summary>The lines that are seen in the end: some were gone back to and written again, or erased.</summary>
    private static string ScreenAfter(string text)
    {
        var lines = new List<string>();
        int row = 0;
        foreach (Match move in Moves().Matches(text))
        {
            if (row == lines.Count) { lines.Add(""); }
            if (move.Groups["line"].Success) { lines[row++] = move.Groups["line"].Value; }
            else if (move.Groups["up"].Success) { row -= int.Parse(move.Groups["up"].Value); }
            else { lines.RemoveRange(row, lines.Count - row); }
        }
        return string.Concat(lines.Take(row).Select(line => line + "\r\n"));
    }

    [GeneratedRegex(@"\r\e\[(?<up>\d+)A|\e\[J|(?<line>[^\r]+)\r\n")]
    private static partial Regex Moves();

    [Fact]
    public void A_preview_of_more_than_fit_shows_the_first()
    {
        ImportTiny();
        StandInFor(GraphicsProtocol.HalfBlock, columns: 30);
        string text = Invoke("$null = Invoke-McdmSample -Model $tiny -Count 8 -BatchSize 8 -Steps 1 -Preview").WithoutErrors().HostText;
        Assert.Equal(3 * 9 + 2, DrawnPicture.FromHalfBlocks(text).Width);
    }

    [Theory]
    [InlineData(GraphicsProtocol.HalfBlock, "\r\e[8A\e[J")]
    [InlineData(GraphicsProtocol.Sixel, "\r\e[8A\e[J")]
    [InlineData(GraphicsProtocol.Kitty, "\e_Ga=d,d=I,i=27182,q=2\e\\\r\e[8A\e[J")]
    public void A_preview_that_is_stopped_leaves_the_screen(GraphicsProtocol protocol, string erased)
    {
        ImportTiny();
        StandInFor(protocol);
        var result = Engine.InvokeAndStopAtFirstProgress("Invoke-McdmSample -Model $tiny -Sampler Ddpm -Steps 1000 -Preview");
        Assert.True(result.Stopped);
        Assert.Empty(result.Output);
        Assert.EndsWith(erased, result.HostText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preview_is_left_out_where_there_is_no_terminal()
    {
        ImportTiny();
        var result = Invoke("Invoke-McdmSample -Model $tiny -Steps 1 -Preview -Verbose").WithoutErrors();
        Assert.Single(result.Output);
        Assert.Equal("", result.HostText);
        Assert.Contains(result.Verbose, line => line.StartsWith("No preview: ", StringComparison.Ordinal));
    }

    private static byte[] Crop(Picture picture, int left, int top) => PictureCrop.Crop(picture, left, top, 16, 16).Rgba;
}
