using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Modalities.LowResolution;
using Mcdm.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Modalities;

public sealed class LowResolutionEncoderTests
{
    private const int Size = 16, Side = LowResolutionEncoder.Side;
    private static readonly LowResolutionEncoder Encoder = new(Size, Size);

    private static Picture Noise(int width, int height, byte alpha = 255)
    {
        var rgba = new byte[4 * width * height];
        new Random(width).NextBytes(rgba);
        for (int i = 3; i < rgba.Length; i += 4) { rgba[i] = alpha; }
        return new Picture(width, height, rgba);
    }

    private static float[] Encode(Picture picture, LowResolutionEncoder? encoder = null) => (encoder ?? Encoder).Encode(Condition.FromLowResolution(picture)).Tensor.data<float>().ToArray();

    [Fact]
    public void Every_cell_has_the_mean_of_its_pixels_spread_flat()
    {
        // Red is 8 × column, so the first two columns' mean is 4; green is 16 × row; blue is full.
        var picture = new Picture(Size, Size, [.. Enumerable.Range(0, Size * Size).SelectMany(i => new byte[] { (byte)(8 * (i % Size)), (byte)(16 * (i / Size)), 255, 255 })]);
        using var scope = NewDisposeScope();
        var map = Encoder.Encode(Condition.FromLowResolution(picture)).Tensor;
        Assert.Equal([1, 3, Size, Size], map.shape);
        Assert.Equal(ScalarType.Float32, map.dtype);
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                float Value(int channel) => map[0, channel, y, x].item<float>();
                Assert.Equal((4 + 16 * (x / 2)) / 127.5 - 1, Value(0), 5);
                Assert.Equal((8 + 32 * (y / 2)) / 127.5 - 1, Value(1), 5);
                Assert.Equal(1, Value(2), 5);
            }
        }
    }

    [Fact]
    public void A_picture_of_the_grids_size_is_taken_as_it_is()
    {
        var tiny = Noise(Side, Side);
        Assert.Equal(tiny.Rgba, Encoder.Reduce(tiny).Rgba);
        Assert.Equal(tiny.Rgba, new LowResolutionEncoder(24, 16).Reduce(tiny).Rgba);
    }

    [Fact]
    public void Transparent_is_white()
    {
        Assert.All(Encode(Noise(Size, Size, alpha: 0)), value => Assert.Equal(1, value));
        Assert.All(Encode(Noise(Side, Side, alpha: 0)), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Of_another_shape_the_middle_counts_and_the_cut_is_told_of()
    {
        var notes = new List<string>();
        var wide = Noise(3 * Size, Size);
        Assert.Equal(Encoder.Reduce(PictureCrop.Crop(wide, Size, 0, Size, Size)).Rgba, Encoder.Reduce(wide, notes.Add).Rgba);
        Assert.Contains("16×16 of 48×16", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Size, Size)]
    [InlineData(100, 100)]
    [InlineData(37, 61)]
    [InlineData(5, 5)]
    [InlineData(Side, Side)]
    public void What_was_understood_is_tiny_and_encodes_to_the_same(int width, int height)
    {
        foreach (var encoder in new[] { Encoder, new LowResolutionEncoder(24, 16) })
        {
            var condition = Condition.FromLowResolution(Noise(width, height, alpha: 200), 0.5, "face.png");
            var normal = encoder.Encode(condition).Normal!;
            Assert.Equal((Side, Side), (normal.Picture!.Width, normal.Picture.Height));
            Assert.Equal(Encode(condition.Picture!, encoder), Encode(normal.Picture, encoder));
            Assert.Equal(normal.Picture.Rgba, encoder.Encode(normal).Normal!.Picture!.Rgba);
            Assert.Equal((Modality.LowResolution, 0.5, "face.png"), (normal.Modality, normal.Weight, normal.Source));
        }
    }

    [Fact]
    public void Spread_over_the_model_and_reduced_again_it_is_the_same_picture()
    {
        var tiny = Noise(Side, Side);
        using var map = Encoder.Encode(tiny);
        Assert.Equal(tiny.Rgba, Encoder.Reduce(PictureTensor.FromTensor(map[0])).Rgba);
    }

    [Fact]
    public void A_condition_of_another_modality_is_refused() =>
        Assert.Equal("ModalityMismatch", Assert.Throws<McdmException>(() => Encoder.Encode(Condition.FromSketch(Noise(Size, Size)))).Id);
}
