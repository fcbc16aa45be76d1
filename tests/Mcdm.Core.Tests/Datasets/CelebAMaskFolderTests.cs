using Mcdm.Core.Tests.Imaging;
using Mcdm.Datasets;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Xunit;

namespace Mcdm.Core.Tests.Datasets;

public sealed class CelebAMaskFolderTests : IDisposable
{
    private const string Annotations = "CelebAMask-HQ-mask-anno";
    private readonly DatasetFiles _files = new();

    private void Image(int number, int width = 4, int height = 1) => _files.Picture($"CelebA-HQ-img/{number}.png", width, height);

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

    /// <summary>Pixels of the part and of the rest, as four channels each, whose first two are the part.</summary>
    public static TheoryData<string, byte[], byte[]> Stored => new()
    {
        { "0 and 1", [1, 1, 1, 255], [0, 0, 0, 255] },
        { "0 and 7", [7, 7, 7, 255], [0, 0, 0, 255] },
        { "red", [255, 0, 0, 255], [0, 0, 0, 255] },
        { "1 in green", [0, 1, 0, 255], [0, 0, 0, 255] },
        { "blue beside full red", [255, 0, 255, 255], [255, 0, 0, 255] },
        { "alpha over black", [0, 0, 0, 255], [0, 0, 0, 0] },
        { "alpha over white", [255, 255, 255, 255], [255, 255, 255, 0] },
        { "1 in alpha", [0, 0, 0, 1], [0, 0, 0, 0] },
        { "white on clear black", [255, 255, 255, 255], [0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Stored))]
    public void A_part_is_read_however_it_is_stored(string how, byte[] part, byte[] rest)
    {
        Image(7);
        File.WriteAllBytes(_files.PathOf($"{Annotations}/0/00007_hair.png"), SampleFiles.Png(4, 1, 8, 6, [.. part, .. part, .. rest, .. rest]));
        var dataset = _files.Open();
        List<string> told = [];
        dataset.Warnings.Told = told.Add;
        Assert.Equal(["hair", "hair", "background", "background"], Names(dataset.Parts, Assert.Single(dataset.Items).ReadMask!()));
        Assert.True(told.Count == 0, $"{how}: {string.Join(' ', told)}");
    }

    [Fact]
    public void A_part_file_with_no_pixel_or_all_is_told_of_and_counted()
    {
        foreach (int number in new[] { 1, 2, 3 })
        {
            Image(number);
            PartFile($"0/0000{number}_hair", "....");
        }
        PartFile("0/00003_skin", "####");
        var dataset = _files.Open();
        List<string> told = [];
        dataset.Warnings.Told = told.Add;
        foreach (var item in dataset.Items.Concat(dataset.Items)) { item.ReadMask!(); }
        Assert.Equal([$"'{_files.PathOf($"{Annotations}/0/00001_hair.png")}' has no pixel of its part.", $"'{_files.PathOf($"{Annotations}/0/00003_skin.png")}' has its part at every pixel."], told);
        dataset.Warnings.TellCounts();
        Assert.Equal($"3 part files have no pixel of their part, the first of them '{_files.PathOf($"{Annotations}/0/00001_hair.png")}'.", Assert.Single(told.Skip(2)));
    }

    [Fact]
    public void Names_of_parts_and_files_are_read_in_any_case_and_hidden_ones_are_not()
    {
        Image(7, 4, 2);
        PngFile.Write(Pictures.Filled(4, 2, PictureColor.White), _files.PathOf($"{Annotations}/0/00007_Hair.PNG"));
        _files.Broken($"{Annotations}/0/._00007_hair.png");
        _files.Broken($"{Annotations}/.thumbs/00007_skin.png");
        _files.Broken($"{Annotations}/__MACOSX/00007_skin.png");
        var dataset = _files.Open();
        Assert.Equal(Enumerable.Repeat("hair", 8), Names(dataset.Parts, dataset.Items[0].ReadMask!()).Concat(Enumerable.Repeat("hair", 4)));
    }

    [BugFact]
    public void Parts_of_0_and_1_have_pixels()
    {
        var dataset = PictureDataset.Open([BugFactAttribute.PathOf("dataset-celebamask-0-and-1")]);
        Assert.Equal(3, dataset.Masks);
        foreach (var item in dataset.Items)
        {
            var mask = item.ReadMask!();
            Assert.Equal(3, Enumerable.Range(0, mask.Width * mask.Height).Select(i => mask.Rgba[4 * i] << 16 | mask.Rgba[4 * i + 1] << 8 | mask.Rgba[4 * i + 2]).Distinct().Count());
        }
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
