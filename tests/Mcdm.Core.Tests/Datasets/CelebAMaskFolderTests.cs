using Mcdm.Imaging;
using Mcdm.Modalities;
using Xunit;

namespace Mcdm.Core.Tests.Datasets;

public sealed class CelebAMaskFolderTests : IDisposable
{
    private const string Annotations = "CelebAMask-HQ-mask-anno";
    private readonly DatasetFiles _files = new();

    private void Image(int number) => _files.Picture($"CelebA-HQ-img/{number}.png");

    /// <summary>A part's file, one row of pixels: white where a character is '#'.</summary>
    private void PartFile(string name, string row)
    {
        var rgba = row.SelectMany(c => c == '#' ? new byte[] { 255, 255, 255, 255 } : [0, 0, 0, 255]).ToArray();
        PngFile.Write(new Picture(row.Length, 1, rgba), _files.PathOf($"{Annotations}/{name}.png"));
    }

    private static string[] Names(IReadOnlyList<Part> parts, Picture mask) => Enumerable.Range(0, mask.Width)
        .Select(i => parts.Single(part => part.Rgb == (mask.Rgba[4 * i] << 16 | mask.Rgba[4 * i + 1] << 8 | mask.Rgba[4 * i + 2])).Name).ToArray();

    [Fact]
    public void Pictures_come_in_order_of_their_numbers_with_the_labels_they_have()
    {
        foreach (int number in new[] { 10, 2, 29999, 1 }) { Image(number); }
        PartFile("0/00002_hair", "####");
        PartFile("14/29999_hair", "####");
        _files.Text("captions.txt", "10.jpg\tA man.", "10.jpg\tHe smiles.", "2 A woman.");
        var dataset = _files.Open();
        Assert.Equal(["1", "2", "10", "29999"], dataset.Items.Select(item => item.Name));
        Assert.Equal((4, 0, 2, 2), (dataset.Pictures, dataset.Sketches, dataset.Masks, dataset.Captioned));
        Assert.Equal(["2", "29999"], dataset.With(Modality.Segment).Select(item => item.Name));
        Assert.Equal(["A man.", "He smiles."], dataset.Items[2].Captions);
    }

    [Fact]
    public void Later_parts_are_painted_over_earlier_ones_and_the_rest_is_background()
    {
        Image(7);
        PartFile("0/00007_hat", "#...");
        PartFile("0/00007_hair", "##..");
        PartFile("0/00007_nose", "..#.");
        PartFile("0/00007_skin", "###.");
        var dataset = _files.Open();
        var mask = Assert.Single(dataset.Items).ReadMask!();
        Assert.Equal(["hat", "hair", "nose", "background"], Names(dataset.Parts, mask));
        // Every pixel is stated: what no part covers is known to be background, not unknown.
        Assert.True(mask.IsOpaque);
    }

    [Fact]
    public void Parts_have_names_and_colours_of_their_own()
    {
        Image(7);
        PartFile("0/00007_skin", "#...");
        var parts = _files.Open().Parts;
        Assert.Equal(19, parts.Count);
        Assert.Equal(19, parts.Select(part => part.Name).Distinct().Count());
        Assert.Equal(19, parts.Select(part => part.Rgb).Distinct().Count());
        Assert.Equal(new Part("background", "#000000"), parts[0]);
    }

    [Fact]
    public void The_mask_is_one_the_segment_encoder_reads()
    {
        Image(7);
        PartFile("0/00007_skin", "##..");
        PartFile("0/00007_l_eye", "#...");
        var dataset = _files.Open();
        var encoder = new SegmentEncoder(dataset.Parts, 4, 1);
        byte Index(string name) => (byte)dataset.Parts.ToList().FindIndex(part => part.Name == name);
        Assert.Equal([Index("l_eye"), Index("skin"), 0, 0], encoder.Classes(Condition.FromSegment(dataset.Items[0].ReadMask!())));
    }

    [Fact]
    public void Files_that_are_no_parts_are_passed_over()
    {
        Image(7);
        PartFile("0/00007_halo", "####");
        PartFile("0/hair", "####");
        PartFile("0/seven_hair", "####");
        var dataset = _files.Open();
        Assert.Equal(0, dataset.Masks);
        Assert.Empty(dataset.Parts);
    }

    [Fact]
    public void Part_files_of_different_sizes_are_refused_when_the_mask_is_read()
    {
        Image(7);
        PartFile("0/00007_skin", "####");
        PartFile("0/00007_hair", "########");
        var item = Assert.Single(_files.Open().Items);
        var error = Assert.Throws<McdmException>(() => item.ReadMask!());
        Assert.Equal("DatasetMaskSize", error.Id);
        Assert.Contains("00007_hair.png", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Opening_decodes_nothing()
    {
        _files.Broken("CelebA-HQ-img/7.jpg");
        _files.Broken($"{Annotations}/0/00007_skin.png");
        Assert.NotNull(Assert.Single(_files.Open().Items).ReadMask);
    }

    public void Dispose() => _files.Dispose();
}
