using Mcdm.Core.Tests.Golden;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Runtime;
using Mcdm.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>A U-Net that fills holes, as users sample with it: a picture and a mask. And masks as people have them.</summary>
public sealed class InpaintingTests
{
    private const int Side = 64;

    private static string Golden(string name) => GoldenFolder.All.First(folder => folder.Name == name).Model;

    private static Picture Made(Func<int, int, (byte R, byte G, byte B, byte A)> pixel)
    {
        var rgba = new byte[Side * Side * 4];
        for (int i = 0; i < Side * Side; i++) { (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = pixel(i % Side, i / Side); }
        return new Picture(Side, Side, rgba);
    }

    private static Picture Stripes(byte light) => Made((x, _) => x % 16 < 8 ? ((byte)30, light, (byte)90, (byte)255) : ((byte)220, (byte)40, light, (byte)255));

    private static bool IsLeft(int x) => x < Side / 2;

    /// <summary>Something new on the left.</summary>
    private static Picture Mask() => Made((x, _) => IsLeft(x) ? ((byte)255, (byte)255, (byte)255, (byte)255) : ((byte)0, (byte)0, (byte)0, (byte)255));

    private static Picture Sampled(Model model, StartPicture? from, params Condition[] conditions)
    {
        var request = new GenerationRequest { Conditions = conditions, From = from, Seed = 3, Sampling = model.Sampling! with { Steps = 3 } };
        return new ImageGenerator(model).Generate(request).Single().Picture;
    }

    private static double Difference(Picture a, Picture b, bool left) =>
        a.GetRgba().Zip(b.GetRgba()).Where((_, i) => IsLeft(i / 4 % Side) == left).Average(pair => Math.Abs(pair.First - pair.Second));

    [Fact]
    public void A_hole_is_filled_by_what_is_around_it_and_the_rest_is_the_pictures_own()
    {
        using var model = ModelReader.Read([Golden("sd1-inpaint"), Golden("sd1-tiny-canny")], new ImportOptions(), CPU, ScalarType.Float32);
        Assert.Equal(model.Codec!.Channels, model.Space.Channels);
        Condition[] conditions = [Condition.FromText("a fox", 3), Condition.Of(Modality.Picture, Stripes(0)).For("sd1-tiny-canny")];
        Picture dark = Stripes(0), light = Stripes(200);
        Picture one = Sampled(model, new StartPicture(dark, 1, Mask()), conditions), other = Sampled(model, new StartPicture(light, 1, Mask()), conditions);
        Assert.Equal(0, Difference(one, dark, left: false));
        Assert.InRange(Difference(one, dark, left: true), 1, 255);
        // All steps begin at noise: what is drawn depends on the rest of the picture alone.
        Assert.InRange(Difference(one, other, left: true), 0.5, 255);
        Assert.Equal(0, Difference(Sampled(model, new StartPicture(Made((x, y) => IsLeft(x) ? ((byte)9, (byte)9, (byte)9, (byte)255) : At(dark, x, y)), 1, Mask()), conditions), one, left: true));
        // Without a picture all is drawn anew.
        Assert.InRange(Difference(Sampled(model, null, conditions), one, left: false), 1, 255);
    }

    private static (byte, byte, byte, byte) At(Picture picture, int x, int y)
    {
        var rgba = picture.GetRgba().AsSpan(4 * (y * Side + x), 4);
        return (rgba[0], rgba[1], rgba[2], rgba[3]);
    }

    [Fact]
    public void A_mask_of_transparency_or_of_0_and_1_is_read_as_meant_and_told()
    {
        var expected = Mask().GetRgba();
        var erased = MaskPicture.Of(Made((x, _) => ((byte)10, (byte)10, (byte)10, IsLeft(x) ? (byte)0 : (byte)255)));
        Assert.Equal(expected, erased.Picture.GetRgba());
        Assert.Contains("transparent", erased.Doubt, StringComparison.Ordinal);
        var labels = MaskPicture.Of(Made((x, _) => IsLeft(x) ? ((byte)1, (byte)1, (byte)1, (byte)255) : ((byte)0, (byte)0, (byte)0, (byte)255)));
        Assert.Equal(expected, labels.Picture.GetRgba());
        Assert.Contains("0 and 1", labels.Doubt, StringComparison.Ordinal);
        Assert.Null(MaskPicture.Of(Mask()).Doubt);
        Assert.Contains("black everywhere", MaskPicture.Of(Made((_, _) => (0, 0, 0, 255))).Doubt, StringComparison.Ordinal);
        using var model = ModelReader.Read([Golden("sd1-tiny")], new ImportOptions(), CPU, ScalarType.Float32);
        using var prepared = new ImageGenerator(model).Prepare(new GenerationRequest { From = new StartPicture(Stripes(0), 0.5, labels.Picture.Inverted()), Sampling = model.Sampling! });
        Assert.Empty(prepared.Doubts);
    }

    [Fact]
    public void What_is_transparent_in_the_picture_of_a_ControlNet_that_fills_holes_is_its_hole()
    {
        var picture = Made((x, _) => ((byte)200, (byte)100, (byte)0, IsLeft(x) ? (byte)0 : (byte)255));
        using var scope = NewDisposeScope();
        var opacity = PictureTensor.Opacity(picture);
        Assert.Equal(0, opacity[0, 0, 0, 0].ToSingle());
        Assert.Equal(1, opacity[0, 0, 0, Side - 1].ToSingle());
    }
}
