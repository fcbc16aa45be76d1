using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Runtime;
using TorchSharp;
using Xunit;

namespace Mcdm.Core.Tests.Imaging;

public sealed class PictureTests
{
    [Theory]
    [InlineData(0, 4, 0)]
    [InlineData(2, 2, 12)]
    public void Pixels_must_fit_the_size(int width, int height, int bytes) =>
        Refused("PictureSizeInvalid", () => new Picture(width, height, new byte[bytes]));

    [Fact]
    public void A_crop_is_the_rectangle_asked_for()
    {
        Picture crop = PictureCrop.Crop(SampleFiles.Quarters(8, 8), 3, 3, 2, 2);
        Assert.Equal([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255], crop.Rgba);
        Refused("CropOutside", () => PictureCrop.Crop(crop, 1, 0, 2, 1));
    }

    [Theory]
    [InlineData(ResizeKind.Smooth)]
    [InlineData(ResizeKind.Nearest)]
    public void Another_shape_keeps_the_middle_and_says_so(ResizeKind kind)
    {
        // Black bars left and right of a white square.
        Picture wide = Pictures.Filled(40, 20, Pictures.Black);
        for (int i = 0; i < 800; i++)
        {
            if (i % 40 is >= 10 and < 30)
            {
                wide.Rgba.AsSpan(4 * i, 3).Fill(255);
            }
        }

        List<string> notes = [];
        Picture square = PictureResize.ToSize(wide, 10, 10, kind, notes.Add);
        Assert.Equal(Pictures.Filled(10, 10, PictureColor.White).Rgba, square.Rgba);
        Assert.Equal(["cut to its middle, 20×20 of 40×20 pixels, to have the shape 10×10", "resized from 20×20 to 10×10 pixels"], notes);
    }

    [Fact]
    public void The_same_size_changes_nothing_and_says_nothing()
    {
        Picture picture = SampleFiles.Quarters(6, 4);
        List<string> notes = [];
        Assert.Same(picture, PictureResize.ToSize(picture, 6, 4, ResizeKind.Smooth, notes.Add));
        Assert.Empty(notes);
        Refused("PictureSizeInvalid", () => PictureResize.ToSize(picture, 0, 4, ResizeKind.Smooth));
    }

    [Fact]
    public void Shrinking_smoothly_weighs_every_pixel()
    {
        // A checkerboard becomes even grey, whatever the phase.
        var rgba = new byte[4 * 64 * 64];
        for (int i = 0; i < 64 * 64; i++)
        {
            byte level = (byte)((((i % 64) + (i / 64)) & 1) * 255);
            (rgba[4 * i], rgba[(4 * i) + 1], rgba[(4 * i) + 2], rgba[(4 * i) + 3]) = (level, level, level, 255);
        }

        Picture small = PictureResize.ToSize(new Picture(64, 64, rgba), 8, 8, ResizeKind.Smooth);
        Assert.All(small.Rgba.Where((_, i) => i % 4 != 3), level => Assert.InRange(level, 126, 129));
    }

    [Theory]
    [InlineData(ResizeKind.Nearest)]
    [InlineData(ResizeKind.Majority)]
    public void Masks_get_no_new_colours(ResizeKind kind)
    {
        Picture quarters = SampleFiles.Quarters(10, 10);
        Picture large = PictureResize.ToSize(quarters, 35, 35, kind);
        Assert.Equal(4, Enumerable.Range(0, 35 * 35).Select(i => SampleFiles.At(large, i % 35, i / 35)).Distinct().Count());
        Picture twice = PictureResize.ToSize(quarters, 20, 20, kind);
        Assert.Equal(SampleFiles.Quarters(20, 20).Rgba, twice.Rgba);
        Assert.Equal(quarters.Rgba, PictureResize.ToSize(twice, 10, 10, kind).Rgba);
    }

    [Theory]
    [InlineData("abb bab bbb", 1, 1, "b")] // not the middle
    [InlineData("aac aac bbb", 1, 1, "a")] // four of nine, the middle among them
    [InlineData("aabb abcc bbcc bacd", 2, 2, "ac bc")] // three of four each, but two b and two c, of which the middle is c
    [InlineData("aabbc aabbc ccddd", 2, 1, "ab")] // two columns and three
    [InlineData("ab ab", 4, 2, "aabb aabb")] // larger: the nearest
    public void Masks_shrink_to_what_covers_most(string old, int width, int height, string expected)
    {
        static Picture Letters(string rows) => new(rows.IndexOf(' ', StringComparison.Ordinal) is var at && at < 0 ? rows.Length : at, rows.Split(' ').Length, [.. rows.Replace(" ", "", StringComparison.Ordinal).SelectMany(letter => new byte[] { (byte)letter, 0, 0, 255 })]);
        var mask = Letters(old);
        var small = PictureResize.ToSize(mask, width, height, ResizeKind.Majority);
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, height).Select(y => new string([.. Enumerable.Range(0, width).Select(x => (char)SampleFiles.At(small, x, y).Item1)]))));
        for (int i = 0; i < width * height; i++)
        {
            var (column, row) = PictureResize.SourceIn(mask, width, height, i % width, i / width, ResizeKind.Majority);
            Assert.Equal(SampleFiles.At(small, i % width, i / width), SampleFiles.At(mask, column, row));
        }
    }

    [Fact]
    public void Hidden_colours_do_not_bleed_when_resized()
    {
        // Transparent red beside opaque blue: no purple appears.
        byte[] row = [.. Enumerable.Repeat(new byte[] { 255, 0, 0, 0, 0, 0, 255, 255 }, 8).SelectMany(x => x)];
        Picture small = PictureResize.ToSize(new Picture(16, 8, [.. Enumerable.Repeat(row, 8).SelectMany(x => x)]), 4, 2, ResizeKind.Smooth);
        for (int x = 0; x < 4; x++)
        {
            (byte red, _, byte blue, byte alpha) = SampleFiles.At(small, x, 0);
            Assert.Equal((0, 255), (red, blue));
            Assert.InRange(alpha, 110, 145);
        }
    }

    [Fact]
    public void Transparent_pixels_show_the_background()
    {
        Picture picture = new(2, 1, [255, 0, 0, 0, 0, 0, 255, 128]);
        Assert.Equal([255, 255, 255, 255, 127, 127, 255, 255], PictureResize.Flatten(picture).Rgba);
        Assert.Equal([0, 0, 0, 255, 0, 0, 128, 255], PictureResize.Flatten(picture, Pictures.Black).Rgba);
    }

    [Fact]
    public void A_tensor_holds_channels_between_minus_one_and_one()
    {
        using torch.Tensor image = PictureTensor.ToTensor(SampleFiles.Quarters(4, 2));
        Assert.Equal([3, 2, 4], image.shape);
        Assert.Equal([1, 1, -1, -1, -1, -1, 1, 1], image[0].flatten().data<float>().ToArray());
        Assert.Equal([-1, -1, -1, -1, 1, 1, 1, 1], image[2].flatten().data<float>().ToArray());
    }

    [Fact]
    public void Every_level_survives_the_tensor()
    {
        byte[] rgba = [.. Enumerable.Range(0, 256).SelectMany(i => new[] { (byte)i, (byte)(255 - i), (byte)(i / 2), (byte)255 })];
        using torch.Tensor image = PictureTensor.ToTensor(new Picture(16, 16, rgba));
        Assert.Equal(rgba, PictureTensor.FromTensor(image).Rgba);
        using torch.Tensor transposed = image.transpose(1, 2).contiguous().transpose(1, 2);
        Assert.Equal(rgba, PictureTensor.FromTensor(transposed).Rgba);
    }

    [Fact]
    public void A_tensor_is_clamped_and_rounded()
    {
        using torch.Tensor image = torch.tensor(new float[] { -7, 9, 0.004f }, [3, 1, 1]);
        Assert.Equal([0, 255, 128, 255], PictureTensor.FromTensor(image).Rgba);
    }

    [Fact]
    public void What_is_not_a_picture_is_refused()
    {
        Refused("PictureNotOpaque", () => PictureTensor.ToTensor(new Picture(1, 1, new byte[4])));
        Refused("TensorNotPicture", () => PictureTensor.FromTensor(torch.zeros(1, 3, 4, 4)));
        Refused("TensorNotFinite", () => PictureTensor.FromTensor(torch.full([3, 1, 1], float.NaN)));
    }

    private static void Refused(string id, Func<object> act) => Assert.Equal(id, Assert.Throws<McdmException>(act).Id);
}
