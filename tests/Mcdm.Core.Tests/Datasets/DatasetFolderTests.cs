using Mcdm.Core.Tests.Imaging;
using Mcdm.Datasets;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Xunit;

namespace Mcdm.Core.Tests.Datasets;

public sealed class DatasetFolderTests : IDisposable
{
    private readonly DatasetFiles _files = new();

    private McdmException Refused() => Assert.Throws<McdmException>(_files.Open);

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public void Any_subset_of_labels_will_do(bool sketches, bool masks, bool captions)
    {
        foreach (string name in new[] { "b", "a", "c" }) { _files.Picture($"images/{name}.png"); }
        if (sketches) { _files.Picture("sketches/a.png"); }
        if (masks)
        {
            _files.Picture("masks/a.png");
            _files.Picture("masks/c.png");
            _files.Text("parts.json", DatasetFiles.HairAndMouth);
        }
        if (captions) { _files.Text("captions.txt", "b.png\tA face.", "c\tAnother face."); }

        var dataset = _files.Open();
        Assert.Equal(["a", "b", "c"], dataset.Items.Select(item => item.Name));
        Assert.Equal((3, sketches ? 1 : 0, masks ? 2 : 0, captions ? 2 : 0), (dataset.Pictures, dataset.Sketches, dataset.Masks, dataset.Captioned));
        Assert.Equal(masks ? ["background", "hair", "mouth"] : [], dataset.Parts.Select(part => part.Name));
        Assert.Equal(3, dataset.With(null).Count);
        Assert.Equal(3, dataset.With(Modality.Sketch).Count);
        Assert.Equal(masks ? ["a", "c"] : [], dataset.With(Modality.Segment).Select(item => item.Name));
        Assert.Equal(captions ? ["b", "c"] : [], dataset.With(Modality.Text).Select(item => item.Name));
    }

    [Fact]
    public void A_folder_without_images_is_read_as_pictures_alone()
    {
        _files.Picture("two.png");
        _files.Picture("one.PNG");
        _files.Text("notes.md", "no picture");
        var dataset = _files.Open();
        Assert.Equal(["one", "two"], dataset.Items.Select(item => item.Name));
        Assert.Equal((0, 0, 0), (dataset.Sketches, dataset.Masks, dataset.Captioned));
    }

    [Fact]
    public void Labels_are_found_whatever_their_file_type()
    {
        _files.Picture("images/face.png");
        File.Copy(_files.PathOf("images/face.png"), _files.PathOf("sketches/face.webp"));
        Assert.Equal(_files.PathOf("sketches/face.webp"), Assert.Single(_files.Open().Items).SketchPath);
    }

    [Fact]
    public void Two_pictures_of_one_name_are_refused()
    {
        _files.Picture("images/face.png");
        _files.Broken("images/face.jpg");
        var error = Refused();
        Assert.Equal("DatasetNameTwice", error.Id);
        Assert.Contains("face.png", error.Message, StringComparison.Ordinal);
        Assert.Contains("face.jpg", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Opening_decodes_nothing_and_reading_names_the_broken_file()
    {
        _files.Broken("images/a.png");
        _files.Broken("masks/a.png");
        _files.Text("parts.json", DatasetFiles.HairAndMouth);
        var item = Assert.Single(_files.Open().Items);
        Assert.Contains(_files.PathOf("images/a.png"), Assert.Throws<McdmException>(() => item.ReadPicture()).Message, StringComparison.Ordinal);
        Assert.Contains(_files.PathOf("masks/a.png"), Assert.Throws<McdmException>(() => item.ReadMask!()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_has_all_its_captions_in_order()
    {
        _files.Picture("images/000001.png");
        _files.Picture("images/my face.png");
        _files.Picture("images/v1.2.png");
        _files.Text("captions.txt", "000001.png\tFirst.", "", "000001 Second,  with spaces. ", "my face.png\tThird.", "000001.jpg\tFourth.", "v1.2\tFifth.", "v1.2.png\tSixth.", "not-there\tSeventh.");
        var captions = _files.Open().Items.ToDictionary(item => item.Name, item => item.Captions);
        Assert.Equal(["First.", "Second,  with spaces.", "Fourth."], captions["000001"]);
        Assert.Equal(["Third."], captions["my face"]);
        Assert.Equal(["Fifth.", "Sixth."], captions["v1.2"]);
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("a.png\t")]
    [InlineData("a.png\t  ")]
    [InlineData("\tA face.")]
    public void A_line_that_is_no_caption_is_named_by_its_number(string line)
    {
        _files.Picture("images/a.png");
        _files.Text("captions.txt", "a.png\tA face.", "", line);
        var error = Refused();
        Assert.Equal("CaptionLineInvalid", error.Id);
        Assert.Contains($"Line 3 of '{_files.PathOf("captions.txt")}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_need_a_list_of_parts()
    {
        _files.Picture("images/a.png");
        _files.Picture("masks/a.png");
        var error = Refused();
        Assert.Equal("DatasetPartsMissing", error.Id);
        Assert.Contains("parts.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("""[{ "color": "#000000" }]""")]
    [InlineData("""[{ "name": "hair" }]""")]
    [InlineData("""[{ "name": "hair", "color": "red" }]""")]
    [InlineData("""[{ "name": "hair", "color": "#12345g" }]""")]
    [InlineData("""[{ "name": "hair", "color": "#112233" }, { "name": "mouth", "color": "#112233" }]""")]
    [InlineData("""[{ "name": "hair", "color": "#112233" }, { "name": "Hair", "color": "#445566" }]""")]
    [InlineData("""[{ "name": "", "color": "#112233" }]""")]
    public void Parts_have_a_name_and_a_colour_of_their_own(string json)
    {
        _files.Picture("images/a.png");
        _files.Picture("masks/a.png");
        _files.Text("parts.json", json);
        var error = Refused();
        Assert.Equal("DatasetPartsInvalid", error.Id);
        Assert.Contains(_files.PathOf("parts.json"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_hundred_and_fifty_four_parts_fit_and_one_more_does_not()
    {
        _files.Picture("images/a.png");
        string Parts(int count) => $"[{string.Join(',', Enumerable.Range(1, count).Select(i => $$"""{"name":"part{{i}}","color":"#{{i:x6}}"}"""))}]";
        _files.Text("parts.json", Parts(254));
        Assert.Equal(254, _files.Open().Parts.Count);
        _files.Text("parts.json", Parts(255));
        Assert.Equal("DatasetPartsInvalid", Refused().Id);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        var error = Assert.Throws<McdmException>(() => PictureDataset.Open([_files.PathOf("nowhere")]));
        Assert.Equal("DatasetNotFound", error.Id);
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Contains(_files.PathOf("nowhere"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_pictures_is_refused()
    {
        _files.Text("readme.txt", "nothing here");
        Assert.Equal("DatasetEmpty", Refused().Id);
        Directory.CreateDirectory(_files.PathOf("images"));
        Assert.Equal("DatasetEmpty", Refused().Id);
    }

    [Fact]
    public void Folders_join_in_the_order_given_if_their_parts_agree()
    {
        using var other = new DatasetFiles();
        foreach (var (files, name) in new[] { (_files, "z"), (other, "a") })
        {
            files.Picture($"images/{name}.png");
            files.Picture($"masks/{name}.png");
            files.Text("parts.json", DatasetFiles.HairAndMouth);
        }
        var both = PictureDataset.Open([_files.Folder, other.Folder]);
        Assert.Equal(["z", "a"], both.Items.Select(item => item.Name));
        Assert.Equal(2, both.Masks);

        other.Text("parts.json", DatasetFiles.HairAndMouth.Replace("#0000ff", "#00ff00", StringComparison.Ordinal));
        var error = Assert.Throws<McdmException>(() => PictureDataset.Open([_files.Folder, other.Folder]));
        Assert.Equal("DatasetPartsDiffer", error.Id);
        Assert.Contains(other.Folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_is_read_as_it_is()
    {
        _files.Picture("images/a.png", 3, 5, new PictureColor(10, 20, 30));
        var picture = Assert.Single(_files.Open().Items).ReadPicture();
        Assert.Equal(Pictures.Filled(3, 5, new PictureColor(10, 20, 30)).Rgba, picture.Rgba);
        Assert.Equal((3, 5), (picture.Width, picture.Height));
    }

    [Fact]
    public void Hidden_files_are_no_pictures()
    {
        _files.Picture("images/a.png");
        foreach (string name in new[] { "._a.png", ".a.png", "Thumbs.db", "desktop.ini", ".DS_Store" }) { _files.Broken($"images/{name}"); }
        Assert.Equal("a", Assert.Single(_files.Open().Items).Name);
    }

    [BugFact]
    public void What_a_mac_leaves_is_passed_over() => Assert.Equal(8, PictureDataset.Open([BugFactAttribute.PathOf("dataset-macos-leftovers")]).Pictures);

    [Theory]
    [InlineData("7", "0007")]
    [InlineData("face007", "face7")]
    [InlineData("IMG_1", "img_1")]
    [InlineData("000", "0")]
    public void Names_match_in_any_case_normal_form_and_with_leading_zeros(string picture, string label)
    {
        foreach (var (image, other) in new[] { (picture, label), (label, picture) })
        {
            using var files = new DatasetFiles();
            files.Picture($"images/{image}.png");
            files.Picture($"sketches/{other}.png");
            files.Picture($"masks/{other}.png", color: new(255, 0, 0));
            files.Picture($"depth/{other}.png");
            files.Text("parts.json", DatasetFiles.HairAndMouth);
            files.Text("captions.txt", $"{other}.png\tA face.", $"{image}.png\tA mouth.");
            files.Text("labels.jsonl", $$"""{"file": "{{other}}.png", "hair": "red"}""");
            var warnings = new List<string>();
            var item = Assert.Single(PictureDataset.Open([files.Folder], warnings.Add).Items);
            Assert.Equal((true, true, true, true), (item.SketchPath is not null, item.ReadMask is not null, item.ControlPicture("depth") is not null, item.Labels.Count == 1));
            Assert.Equal(["A face.", "A mouth."], item.Captions);
            Assert.Empty(warnings);
        }
    }

    [Fact]
    public void The_very_name_comes_first_and_what_could_be_either_is_neither()
    {
        foreach (string name in new[] { "images/1.png", "images/01.png", "sketches/01.png", "sketches/001.png" }) { _files.Picture(name); }
        var warnings = new List<string>();
        var dataset = PictureDataset.Open([_files.Folder], warnings.Add);
        Assert.Equal([_files.PathOf("sketches/01.png"), null], dataset.Items.Select(item => item.SketchPath));
        Assert.Contains("1 sketches (the first for '001')", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_labels_of_one_picture_are_refused()
    {
        foreach (string name in new[] { "images/1.png", "sketches/01.png", "sketches/001.png" }) { _files.Picture(name); }
        var error = Refused();
        Assert.Equal("DatasetNameTwice", error.Id);
        Assert.Contains("'001' and '01' both belong to the picture '1'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_of_no_picture_are_counted()
    {
        _files.Picture("images/a.png");
        foreach (string name in new[] { "b", "c" }) { _files.Picture($"masks/{name}.png"); }
        _files.Text("parts.json", DatasetFiles.HairAndMouth);
        _files.Text("captions.txt", "a\tA face.", "z.png\tNobody.");
        var warnings = new List<string>();
        PictureDataset.Open([_files.Folder], warnings.Add);
        Assert.Equal([$"Labels in '{_files.Folder}' belong to none of its pictures and are not used: 1 captions (the first for 'z'), 2 masks (the first for 'b')."], warnings);
    }

    [Theory]
    [InlineData(8, 8, true)]
    [InlineData(2, 2, true)]
    [InlineData(40, 40, true)]
    [InlineData(4, 8, false)]
    [InlineData(40, 30, false)]
    public void A_label_may_have_another_size_but_no_other_shape(int width, int height, bool fits)
    {
        _files.Picture("images/a.png");
        foreach (string folder in new[] { "masks", "sketches", "depth" }) { _files.Picture($"{folder}/a.png", width, height, Pictures.Black); }
        _files.Text("parts.json", DatasetFiles.HairAndMouth);
        var item = Assert.Single(_files.Open().Items);
        foreach (var (folder, read) in new (string, Action)[] { ("masks", () => item.ReadMask!()), ("depth", () => item.ControlPicture("depth")!()), ("sketches", () => item.LinesOf(item.ReadPicture())) })
        {
            var error = Record.Exception(read) as McdmException;
            Assert.Equal(fits ? null : "DatasetLabelShape", error?.Id);
            if (!fits) { Assert.Contains($"'{_files.PathOf($"{folder}/a.png")}' is {width}×{height}, but its picture '{_files.PathOf("images/a.png")}' is 4×4", error!.Message, StringComparison.Ordinal); }
        }
    }

    [Fact]
    public void Sides_may_be_rounded()
    {
        _files.Picture("images/a.png", 100, 67);
        _files.Picture("depth/a.png", 33, 22);
        Assert.Equal(33, Assert.Single(_files.Open().Items).ControlPicture("depth")!().Width);
    }

    [Fact]
    public void A_colour_of_no_part_is_placed_in_the_masks_own_file()
    {
        _files.Picture("images/a.png", 64, 64);
        _files.Text("parts.json", DatasetFiles.HairAndMouth);
        var mask = Pictures.Filled(128, 128, Pictures.Black);
        // Most of a cell of 16×16, from which the class is taken at 8×8.
        for (int i = 0; i < 16 * 10; i++) { mask.Rgba[4 * (128 * (34 + i / 16) + 64 + i % 16)] = 9; }
        PngFile.Write(mask, _files.PathOf("masks/a.png"));
        var item = Assert.Single(_files.Open().Items);
        var encoder = Modality.Segment.CreateEncoder(new EncoderData { Parts = _files.Open().Parts }, 8, 8);
        var error = Assert.Throws<McdmException>(() => encoder.Label(item, () => item.ReadPicture(), "segment"));
        Assert.Contains($"'{_files.PathOf("masks/a.png")}' has colour #090000 at column 72, row 40", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drawn_sketch_without_a_line_is_told_of()
    {
        _files.Picture("images/a.png");
        _files.Picture("sketches/a.png");
        var dataset = _files.Open();
        var told = new List<string>();
        dataset.Warnings.Told = told.Add;
        dataset.Items[0].LinesOf(dataset.Items[0].ReadPicture());
        Assert.Contains($"'{_files.PathOf("sketches/a.png")}' is a sketch without a line", Assert.Single(told), StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();
}
