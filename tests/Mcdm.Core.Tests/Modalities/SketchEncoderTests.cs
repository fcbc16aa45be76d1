using Mcdm.Core.Tests.Imaging;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Modalities.Sketch;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

public sealed class SketchEncoderTests
{
    private const int Size = 8;
    private static readonly SketchEncoder Encoder = new(Size, Size);

    private static Picture Draw(int size, Func<int, int, bool> line, PictureColor ink, PictureColor paper, byte paperAlpha = 255)
    {
        var rgba = new byte[4 * size * size];
        for (int i = 0; i < size * size; i++)
        {
            bool inked = line(i % size, i / size);
            var color = inked ? ink : paper;
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = (color.Red, color.Green, color.Blue, inked ? (byte)255 : paperAlpha);
        }
        return new Picture(size, size, rgba);
    }

    private static bool Cross(int x, int y) => x == 2 || y == 5;

    private static float[] Encode(Picture sketch, Action<string>? note = null) => Encoder.Encode(Condition.FromSketch(sketch), note).Tensor.data<float>().ToArray();

    private static float[] Expected(Func<int, int, bool> line) => Enumerable.Range(0, Size * Size).Select(i => line(i % Size, i / Size) ? 1f : 0f).ToArray();

    [Fact]
    public void Lines_are_one_and_paper_is_zero_whichever_is_dark()
    {
        var white = PictureColor.White;
        var black = Pictures.Black;
        Assert.Equal([1, 1, Size, Size], Encoder.Encode(Condition.FromSketch(Draw(Size, Cross, black, white))).Tensor.shape);
        Assert.Equal(Expected(Cross), Encode(Draw(Size, Cross, black, white)));
        Assert.Equal(Expected(Cross), Encode(Draw(Size, Cross, white, black)));
        Assert.Equal(Expected(Cross), Encode(Draw(Size, Cross, black, white, paperAlpha: 0)));
        Assert.Equal(Expected(Cross), Encode(Draw(Size, Cross, new(60, 40, 90), new(250, 240, 200))));
    }

    [Fact]
    public void Bare_paper_has_no_lines() => Assert.Equal(0, Encode(Pictures.Filled(Size, Size, PictureColor.White)).Sum());

    [Fact]
    public void A_thin_line_of_a_large_sketch_stays_and_the_change_is_told_of()
    {
        var notes = new List<string>();
        // One black pixel in 64 columns would be a faint grey, were the sketch resized like a photograph.
        var encoded = Encode(Draw(64 * Size, (x, _) => x == 64 * 3 + 5, Pictures.Black, PictureColor.White), notes.Add);
        Assert.Equal(Expected((x, _) => x == 3), encoded);
        Assert.Contains("512×512 to 8×8", Assert.Single(notes), StringComparison.Ordinal);
    }

    public static TheoryData<string> Sketches => ["cross", "light", "wide", "bare", "mesh"];

    private static Picture Sketch(string name) => name switch
    {
        "cross" => Draw(Size, Cross, Pictures.Black, PictureColor.White),
        "light" => Draw(24, (x, y) => x == y || x == 5, PictureColor.White, Pictures.Black),
        "wide" => PictureCrop.Crop(Draw(40, (x, y) => Math.Abs(x - y) < 4, Pictures.Black, PictureColor.White), 0, 0, 40, 21),
        "bare" => Pictures.Filled(30, 30, PictureColor.White),
        // Fine enough that lines run through three quarters of the small pixels.
        "mesh" => Draw(10 * Size, (x, y) => x % 20 == 5 || y % 20 == 5, Pictures.Black, PictureColor.White),
        _ => throw new ArgumentException(name),
    };

    [Theory]
    [MemberData(nameof(Sketches))]
    public void What_was_understood_encodes_to_the_same(string name)
    {
        var condition = Condition.FromSketch(Sketch(name), 0.5, "face.png");
        var normal = Encoder.Encode(condition).Normal!;
        Assert.Equal((Size, Size), (normal.Picture!.Width, normal.Picture.Height));
        Assert.Equal(Encode(condition.Picture!), Encode(normal.Picture));
        Assert.Equal((0.5, "face.png"), (normal.Weight, normal.Source));
    }

    [Fact]
    public void A_condition_of_another_modality_is_refused() =>
        Assert.Equal("ModalityMismatch", Assert.Throws<McdmException>(() => Encoder.Encode(Condition.FromText("lines"))).Id);
}
