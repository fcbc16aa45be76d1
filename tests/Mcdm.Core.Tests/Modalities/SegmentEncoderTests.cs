using Mcdm.Core.Tests.Imaging;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Modalities;

public sealed class SegmentEncoderTests
{
    private static readonly Part[] Parts = [new("background", "#000000"), new("hair", "#8c3c14"), new("mouth", "#c02040")];
    private static readonly (byte, byte, byte, byte) Background = (0, 0, 0, 255), Hair = (0x8c, 0x3c, 0x14, 255), Mouth = (0xc0, 0x20, 0x40, 255), Clear = (9, 9, 9, 0);

    /// <summary>Three columns, two rows.</summary>
    private static readonly SegmentEncoder Encoder = new(Parts, 3, 2);

    private static Picture Mask(int width, params (byte R, byte G, byte B, byte A)[] pixels) =>
        new(width, pixels.Length / width, pixels.SelectMany(p => new[] { p.R, p.G, p.B, p.A }).ToArray());

    private static readonly Picture Small = Mask(3, Background, Hair, Hair, Clear, Mouth, Background);

    private static float[] Values(Tensor x) => x.data<float>().ToArray();

    private static float[] Encode(Condition condition) => Values(Encoder.Encode(condition).Tensor);

    [Fact]
    public void One_channel_a_part_and_a_last_one_for_unknown()
    {
        var encoded = Encoder.Encode(Condition.FromSegment(Small)).Tensor;
        Assert.Equal([1, 4, 2, 3], encoded.shape);
        Assert.Equal(4, Encoder.Channels);
        Assert.Equal(
        [
            1, 0, 0, 0, 0, 1, // background
            0, 1, 1, 0, 0, 0, // hair
            0, 0, 0, 0, 1, 0, // mouth
            0, 0, 0, 1, 0, 0, // unknown
        ], Values(encoded));
    }

    [Fact]
    public void Parts_not_named_are_unknown_also_the_background()
    {
        byte u = SegmentEncoder.Unknown;
        Assert.Equal([u, 1, 1, u, u, u], Encoder.Classes(Condition.FromSegment(Small, ["HAIR"])));
        Assert.Equal([0, u, u, u, 2, 0], Encoder.Classes(Condition.FromSegment(Small, ["mouth", "Background"])));
        Assert.Equal([0, 1, 1, u, 2, 0], Encoder.Classes(Condition.FromSegment(Small, [])));
    }

    [Theory]
    [InlineData(127, SegmentEncoder.Unknown)]
    [InlineData(128, 1)]
    public void A_pixel_counts_from_half_opaque_on(byte alpha, byte expected) =>
        Assert.Equal(expected, new SegmentEncoder(Parts, 1, 1).Classes(Condition.FromSegment(Mask(1, (0x8c, 0x3c, 0x14, alpha))))[0]);

    [Fact]
    public void A_part_the_model_lacks_is_named_with_those_it_has()
    {
        var error = Assert.Throws<McdmException>(() => Encode(Condition.FromSegment(Small, ["hair", "wings"])));
        Assert.Equal("PartUnknown", error.Id);
        Assert.Contains("'wings'", error.Message, StringComparison.Ordinal);
        Assert.Contains("background, hair, mouth", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_colour_of_no_part_is_named_with_its_place_and_the_nearest_part()
    {
        var mask = Mask(3, Background, Hair, Hair, Clear, (0x8c, 0x3c, 0x18, 255), Background);
        var error = Assert.Throws<McdmException>(() => Encode(Condition.FromSegment(mask, null, 1, "/data/face.png")));
        Assert.Equal("MaskColorUnknown", error.Id);
        Assert.Contains("'/data/face.png'", error.Message, StringComparison.Ordinal);
        Assert.Contains("#8c3c18 at column 1, row 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("nearest is hair (#8c3c14)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_colour_is_refused_even_where_its_part_is_not_asked_for() =>
        Assert.Equal("MaskColorUnknown", Assert.Throws<McdmException>(() => Encode(Condition.FromSegment(Mask(3, Hair, Hair, Hair, Hair, Hair, (1, 2, 9, 255)), ["hair"]))).Id);

    [Fact]
    public void A_larger_mask_keeps_its_colours_and_is_told_of()
    {
        var notes = new List<string>();
        var doubled = Mask(6, Background, Background, Hair, Hair, Hair, Hair, Background, Background, Hair, Hair, Hair, Hair,
            Clear, Clear, Mouth, Mouth, Background, Background, Clear, Clear, Mouth, Mouth, Background, Background);
        Assert.Equal(Encode(Condition.FromSegment(Small)), Values(Encoder.Encode(Condition.FromSegment(doubled), notes.Add).Tensor));
        Assert.Contains("6×4 to 3×2", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_understood_encodes_to_the_same_and_normalizes_to_itself()
    {
        var odd = Mask(6, Background, Hair, Clear, Hair, Hair, Mouth, Hair, Background, Hair, Clear, Mouth, Hair,
            Clear, Clear, Mouth, (0x8c, 0x3c, 0x14, 130), Background, Background, Clear, Clear, Mouth, Mouth, Background, Hair);
        foreach (var condition in new[] { Condition.FromSegment(Small), Condition.FromSegment(odd), Condition.FromSegment(odd, ["mouth"], 0.5, "x.png") })
        {
            var normal = Encoder.Encode(condition).Normal!;
            Assert.Equal((3, 2), (normal.Picture!.Width, normal.Picture.Height));
            Assert.Equal(Encode(condition), Encode(normal));
            Assert.Equal(condition.Weight, normal.Weight);
            Assert.Equal(condition.Source, normal.Source);
            Assert.Equal(normal.Picture.Rgba, Encoder.Encode(normal).Normal!.Picture!.Rgba);
        }
    }

    /// <summary>Quarters of 32×32 pixels: background and hair above, mouth and background below; as JPEG.</summary>
    private static Picture Jpeg(int quality, params (byte R, byte G, byte B, byte A)[] quarters)
    {
        var rgba = Enumerable.Range(0, 64 * 64).Select(i => quarters[i % 64 / 32 + i / 64 / 32 * 2]).SelectMany(p => new[] { p.R, p.G, p.B, p.A }).ToArray();
        return PictureFile.Decode(SampleFiles.Encode(new Picture(64, 64, rgba), SkiaSharp.SKEncodedImageFormat.Jpeg, quality), "mask.jpg");
    }

    [Theory]
    [InlineData(50)]
    [InlineData(75)]
    [InlineData(95)]
    public void Labels_smeared_by_jpeg_are_right_or_unknown(int quality)
    {
        byte[] classes = new SegmentEncoder(Parts, 64, 64).Classes(Condition.FromSegment(Jpeg(quality, Background, Hair, Mouth, Background)));
        byte[] wanted = [0, 1, 2, 0];
        Assert.All(classes.Select((part, i) => (part, i)), pixel => Assert.True(pixel.part == SegmentEncoder.Unknown || pixel.part == wanted[pixel.i % 64 / 32 + pixel.i / 64 / 32 * 2], $"{pixel}"));
        Assert.InRange(classes.Count(part => part != SegmentEncoder.Unknown), 0.8 * classes.Length, classes.Length);
    }

    [Fact]
    public void A_jpeg_of_other_colours_is_refused_and_png_is_named()
    {
        var mask = Jpeg(90, (90, 200, 90, 255), (200, 200, 90, 255), Background, (90, 90, 250, 255));
        var error = Assert.Throws<McdmException>(() => new SegmentEncoder(Parts, 64, 64).Classes(Condition.FromSegment(mask, null, 1, "/data/face.jpg")));
        Assert.Equal("MaskColorUnknown", error.Id);
        Assert.Contains("'/data/face.jpg' is a JPEG", error.Message, StringComparison.Ordinal);
        Assert.Contains("Save masks as PNG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lossy_mask_and_a_sketch_without_a_line_are_doubted()
    {
        Assert.Contains("face.jpg", Condition.FromSegment(Jpeg(90, Hair, Hair, Hair, Hair), source: "/data/face.jpg").Doubt, StringComparison.Ordinal);
        Assert.Null(Condition.FromSegment(Small).Doubt);
        Assert.Contains("without a line", Condition.FromSketch(Pictures.Filled(4, 4, PictureColor.White)).Doubt, StringComparison.Ordinal);
        Assert.Null(Condition.FromSketch(SketchLines.ToPicture([true, false, false, false], 2, 2)).Doubt);
        Assert.Null(Condition.FromText("a face").Doubt);
    }

    [Fact]
    public void A_mask_that_an_editor_moved_by_a_level_or_two_is_read_and_doubted()
    {
        var mask = Mask(3, (1, 0, 2, 255), (0x8d, 0x3c, 0x12, 255), (0x8c, 0x3b, 0x14, 255), Clear, (0xc0, 0x20, 0x41, 255), Background);
        var encoded = Encoder.Encode(Condition.FromSegment(mask, source: "/data/face.png"));
        Assert.Equal(Encode(Condition.FromSegment(Small)), Values(encoded.Tensor));
        Assert.Equal("Segment face.png: its colours are a level or two off those of parts, as some editors leave them: each is taken for the part's that it is nearest to.", encoded.Doubt);
        Assert.Null(Encoder.Encode(Condition.FromSegment(Small)).Doubt);
    }

    [Fact]
    public void A_mask_that_states_nothing_or_one_part_everywhere_is_doubted()
    {
        Assert.Equal("Segment 1×1: all of it is transparent, so it states nothing.", Encoder.Encode(Condition.FromSegment(Mask(1, Clear))).Doubt);
        Assert.Equal("Segment 1×1: all of it is background.", Encoder.Encode(Condition.FromSegment(Mask(1, Background))).Doubt);
        Assert.Equal("Segment 1×1 (hair, mouth): no pixel of it is hair or mouth, so it states nothing.", Encoder.Encode(Condition.FromSegment(Mask(1, Background), ["hair", "mouth"])).Doubt);
    }

    [BugFact]
    public void Masks_of_a_dataset_that_jpeg_smeared_are_read()
    {
        var dataset = Mcdm.Datasets.PictureDataset.Open([BugFactAttribute.PathOf("dataset-jpeg-masks")]);
        var encoder = new SegmentEncoder(dataset.Parts, 64, 64);
        foreach (var item in dataset.Items)
        {
            byte[] classes = encoder.Classes(Condition.FromSegment(item.ReadMask!(), source: item.MaskPath));
            Assert.InRange(classes.Count(part => part != SegmentEncoder.Unknown), 0.7 * classes.Length, classes.Length);
        }
    }

    [Fact]
    public void A_condition_of_another_modality_is_refused()
    {
        var error = Assert.Throws<McdmException>(() => Encoder.Encode(Condition.FromText("hair")));
        Assert.Equal("ModalityMismatch", error.Id);
        Assert.Contains("Text 'hair'", error.Message, StringComparison.Ordinal);
    }
}
