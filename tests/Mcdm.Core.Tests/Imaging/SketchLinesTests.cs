using Mcdm.Imaging;
using Xunit;

namespace Mcdm.Core.Tests.Imaging;

public sealed class SketchLinesTests
{
    private static readonly bool[] Cross = [.. Enumerable.Range(0, 25).Select(i => i % 5 == 2 || i / 5 == 2)];

    [Fact]
    public void What_was_drawn_reads_back() => Assert.Equal(Cross, SketchLines.Read(SketchLines.ToPicture(Cross, 5, 5)));

    [Fact]
    public void Lines_are_black_on_white()
    {
        Picture picture = SketchLines.ToPicture(Cross, 5, 5);
        Assert.Equal((0, 0, 0, 255), SampleFiles.At(picture, 2, 0));
        Assert.Equal((255, 255, 255, 255), SampleFiles.At(picture, 0, 0));
    }

    [Fact]
    public void Empty_paper_has_no_lines_whatever_its_colour()
    {
        Assert.DoesNotContain(true, SketchLines.Read(Picture.Filled(5, 5, PictureColor.White)));
        Assert.DoesNotContain(true, SketchLines.Read(Picture.Filled(5, 5, PictureColor.Black)));
        Assert.DoesNotContain(true, SketchLines.Read(new Picture(5, 5, new byte[100])));
    }

    [Theory]
    [InlineData(255, 0, 255)] // chalk on a blackboard
    [InlineData(20, 0, 0)] // dark ink on a transparent sheet
    [InlineData(240, 0, 0)] // light ink on a transparent sheet
    [InlineData(90, 250, 255)] // pencil on paper
    public void Lines_and_paper_may_be_either_way(byte ink, byte paper, byte paperAlpha)
    {
        byte[] rgba = [.. Cross.SelectMany(line => line ? new[] { ink, ink, ink, (byte)255 } : [paper, paper, paper, paperAlpha])];
        Assert.Equal(Cross, SketchLines.Read(new Picture(5, 5, rgba)));
    }
}
