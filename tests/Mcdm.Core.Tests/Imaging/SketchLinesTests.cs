using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Imaging.Lines;
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
        Assert.DoesNotContain(true, SketchLines.Read(Pictures.Filled(5, 5, PictureColor.White)));
        Assert.DoesNotContain(true, SketchLines.Read(Pictures.Filled(5, 5, Pictures.Black)));
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

    [Theory]
    [InlineData(170, 170, 170, 255)] // hard pencil on white
    [InlineData(90, 90, 90, 40)] // chalk that hardly shows
    [InlineData(205, 205, 205, 235)] // faint on grey
    [InlineData(255, 240, 60, 255)] // yellow is nearly as light as its paper
    [InlineData(40, 40, 255, 60)] // blue on dark grey is as light as that
    public void Ink_is_what_differs_from_its_paper(byte red, byte green, byte blue, byte paper)
    {
        byte[] rgba = [.. Cross.SelectMany(line => line ? new byte[] { red, green, blue, 255 } : [paper, paper, paper, 255])];
        Assert.Equal(Cross, SketchLines.Read(new Picture(5, 5, rgba)));
    }

    private static Picture Grey(int width, int height, Func<int, int, double> level) => new(width, height,
        [.. Enumerable.Range(0, width * height).SelectMany(i => { byte v = (byte)Math.Clamp(level(i % width, i / width), 0, 255); return new byte[] { v, v, v, 255 }; })]);

    [Fact]
    public void Grain_and_uneven_light_are_paper()
    {
        var random = new Random(5);
        double Grain() => (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 12;
        Assert.DoesNotContain(true, SketchLines.Read(Grey(64, 64, (_, _) => 230 + Grain())));
        Assert.DoesNotContain(true, SketchLines.Read(Grey(64, 64, (x, _) => 180 + x)));
        Assert.DoesNotContain(true, SketchLines.Read(Grey(64, 64, (x, y) => x == 20 && y == 20 ? 249 : 255)));
        bool[] drawn = SketchLines.Read(Grey(64, 64, (x, y) => (x is 20 or 21 ? 120 : 200 + x / 2) + Grain()));
        Assert.Equal(Enumerable.Range(0, 64 * 64).Select(i => i % 64 is 20 or 21), drawn);
    }

    [Fact]
    public void A_speck_of_black_does_not_hide_the_pencil() =>
        Assert.Equal(64, SketchLines.Read(Grey(64, 64, (x, y) => (x, y) == (3, 3) ? 0 : x == 30 ? 170 : 255)).Where((_, i) => i % 64 == 30).Count(line => line));

    [BugFact]
    public void Pencil_is_found_and_nothing_on_empty_paper()
    {
        static int Lines(string name) => SketchLines.Read(PictureFile.Read(BugFactAttribute.PathOf(name)), 64, 64).Count(line => line);
        Assert.InRange(Lines("sketch-pencil-170.png"), 20, 1000);
        Assert.InRange(Lines("sketch-16bit-values-to-255.png"), 20, 1000);
        Assert.Equal(0, Lines("sketch-empty-white.png"));
    }

    [Fact]
    public void Thin_lines_survive_shrinking_one_pixel_wide()
    {
        // A frame and a diagonal, two pixels wide, at 512×512.
        var large = new bool[512 * 512];
        for (int i = 64; i < 448; i++)
        {
            for (int k = 0; k < 2; k++)
            {
                large[((64 + k) * 512) + i] = large[((446 + k) * 512) + i] = true;
                large[(i * 512) + 64 + k] = large[(i * 512) + 446 + k] = true;
                large[(i * 512) + Math.Min(511, i + k)] = true;
            }
        }

        List<string> notes = [];
        bool[] small = SketchLines.Read(SketchLines.ToPicture(large, 512, 512), 64, 64, notes.Add);
        Assert.Equal(["resized from 512×512 to 64×64 pixels, lines thinned to one pixel"], notes);
        for (int i = 12; i < 52; i++)
        {
            int row = i * 64;
            Assert.True(small[row + 8] && small[row + 55] && small[row + i], $"row {i}");
            Assert.InRange(small.AsSpan(row, 64).Count(true), 3, 4);
        }
    }

    [Fact]
    public void A_thick_line_becomes_its_middle()
    {
        bool[] thick = [.. Enumerable.Range(0, 40 * 40).Select(i => i / 40 is >= 16 and < 24 && i % 40 is >= 4 and < 36)];
        bool[] thin = SketchLines.Read(SketchLines.ToPicture(thick, 40, 40), 20, 20);
        for (int x = 5; x < 15; x++)
        {
            Assert.Single(Enumerable.Range(0, 20), y => thin[(y * 20) + x]);
        }

        Assert.All(Enumerable.Range(0, 400).Where(i => thin[i]), i => Assert.InRange(i / 20, 8, 11));
    }

    [Fact]
    public void A_sketch_of_the_wanted_size_is_read_as_it_is()
    {
        bool[] blot = [.. Enumerable.Range(0, 100).Select(i => i % 10 is > 2 and < 8 && i / 10 is > 2 and < 8)];
        List<string> notes = [];
        Assert.Equal(blot, SketchLines.Read(SketchLines.ToPicture(blot, 10, 10), 10, 10, notes.Add));
        Assert.Empty(notes);
    }

    [Fact]
    public void A_sketch_of_another_shape_is_cut_and_says_so()
    {
        bool[] wide = [.. Enumerable.Range(0, 800).Select(i => i % 40 is 2 or 20)];
        List<string> notes = [];
        bool[] square = SketchLines.Read(SketchLines.ToPicture(wide, 40, 20), 20, 20, notes.Add);
        Assert.Equal(Enumerable.Range(0, 400).Select(i => i % 20 == 10), square);
        Assert.Equal(["cut to its middle, 20×20 of 40×20 pixels, to have the shape 20×20"], notes);
        Assert.Equal("PictureSizeInvalid", Assert.Throws<McdmException>(() => SketchLines.Read(SketchLines.ToPicture(wide, 40, 20), 0, 1)).Id);
    }
}
