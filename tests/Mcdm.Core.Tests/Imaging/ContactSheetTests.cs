using Mcdm.Display.Sheets;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Xunit;

namespace Mcdm.Core.Tests.Imaging;

public sealed class ContactSheetTests
{
    private static readonly PictureColor Red = new(255, 0, 0);
    private static readonly PictureColor Blue = new(0, 0, 255);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 2, 2)]
    [InlineData(5, 3, 2)]
    [InlineData(9, 3, 3)]
    public void A_sheet_is_nearly_square(int count, int columns, int rows)
    {
        Picture sheet = ContactSheet.Arrange([.. Enumerable.Repeat(Pictures.Filled(64, 64, Red), count)]);
        Assert.Equal((8 + (columns * 200), 8 + (rows * 200)), (sheet.Width, sheet.Height));
    }

    [Fact]
    public void Every_pixel_becomes_a_crisp_square()
    {
        Picture sheet = ContactSheet.Arrange([SampleFiles.Quarters(4, 4)], null, new() { Scale = 5, Gap = 2, Background = Pictures.Black });
        Assert.Equal((24, 24), (sheet.Width, sheet.Height));
        Picture inside = PictureCrop.Crop(sheet, 2, 2, 20, 20);
        Assert.Equal(SampleFiles.Quarters(20, 20).Rgba, inside.Rgba);
        Assert.Equal((0, 0, 0, 255), SampleFiles.At(sheet, 1, 12));
        Assert.Equal((0, 0, 0, 255), SampleFiles.At(sheet, 22, 12));
    }

    [Fact]
    public void Pictures_of_other_sizes_stand_in_the_middle_and_null_leaves_a_hole()
    {
        Picture sheet = ContactSheet.Arrange(
            [Pictures.Filled(10, 10, Red), null, Pictures.Filled(4, 6, Blue)], null, new() { Columns = 3, Scale = 1, Gap = 0 });
        Assert.Equal((30, 10), (sheet.Width, sheet.Height));
        Assert.Equal(Pictures.Filled(10, 10, PictureColor.White).Rgba, PictureCrop.Crop(sheet, 10, 0, 10, 10).Rgba);
        Assert.Equal(Pictures.Filled(4, 6, Blue).Rgba, PictureCrop.Crop(sheet, 23, 2, 4, 6).Rgba);
        Assert.Equal(24, Enumerable.Range(0, 100).Count(i => SampleFiles.At(sheet, 20 + (i % 10), i / 10) == (0, 0, 255, 255)));
    }

    [Fact]
    public void Transparent_pixels_show_checkers_of_two_greys_which_no_other_pixel_does()
    {
        Picture half = new(12, 12, [.. Enumerable.Range(0, 144).SelectMany(i => new byte[] { 255, 0, 0, (byte)(i < 72 ? 0 : 255) })]);
        Picture sheet = ContactSheet.Arrange([half], null, new() { Scale = 2, Gap = 4, Background = Blue });
        Picture drawn = PictureCrop.Crop(sheet, 4, 4, 24, 24);
        Assert.Equal(((208, 208, 208, 255), (255, 255, 255, 255), (255, 255, 255, 255), (208, 208, 208, 255)),
            (SampleFiles.At(drawn, 0, 0), SampleFiles.At(drawn, 8, 0), SampleFiles.At(drawn, 7, 8), SampleFiles.At(drawn, 8, 8)));
        Assert.Equal(Pictures.Filled(24, 12, Red).Rgba, PictureCrop.Crop(drawn, 0, 12, 24, 12).Rgba);
        Assert.Equal((0, 0, 255, 255), SampleFiles.At(sheet, 3, 4));
    }

    [Fact]
    public void Labels_can_be_seen_under_their_picture()
    {
        Picture[] pictures = [Pictures.Filled(64, 64, Red), Pictures.Filled(64, 64, Red)];
        Picture bare = ContactSheet.Arrange(pictures);
        Picture sheet = ContactSheet.Arrange(pictures, ["seed 7", ""]);
        Assert.Equal(bare.Width, sheet.Width);
        Assert.InRange(sheet.Height - bare.Height, 14, 30);
        int below = 8 + 192, height = sheet.Height - below;
        int written = DarkPixels(PictureCrop.Crop(sheet, 8, below, 192, height));
        Assert.InRange(written, 60, 600);
        Assert.Equal(0, DarkPixels(PictureCrop.Crop(sheet, 208, below, 192, height)));

        // In the middle: as much paper to the left as to the right.
        int[] columns = [.. Enumerable.Range(8, 192).Where(x => DarkPixels(PictureCrop.Crop(sheet, x, below, 1, height)) > 0)];
        Assert.InRange(columns[0] + columns[^1] - (2 * 104), -4, 4);
    }

    [Fact]
    public void Different_labels_look_different()
    {
        Picture[] pictures = [Pictures.Filled(64, 64, Red)];
        Assert.NotEqual(ContactSheet.Arrange(pictures, ["seed 7"]).Rgba, ContactSheet.Arrange(pictures, ["seed 8"]).Rgba);
        Assert.NotEqual(ContactSheet.Arrange(pictures, ["ä"]).Rgba, ContactSheet.Arrange(pictures, ["a"]).Rgba);
    }

    [Fact]
    public void Letters_that_no_font_has_are_boxes()
    {
        // U+10FFFD is for private use: no font may have it.
        const string unknown = "\U0010FFFD";
        int Ink(string label) => DarkPixels(ContactSheet.Arrange([Pictures.Filled(64, 64, Red)], [label]));
        Assert.InRange(Ink(unknown), 10, 80);
        Assert.InRange(Ink(unknown + unknown + unknown), 2 * Ink(unknown), 4 * Ink(unknown));
        Assert.True(Ink("a" + unknown) > Ink("a"));
    }

    [Theory]
    [InlineData("سلام")]
    [InlineData("שלום")]
    [InlineData("ελ")]
    [InlineData("中文")]
    [InlineData("แมว")]
    public void Other_scripts_are_written_in_the_fonts_of_the_system_or_show_that_there_is_none(string label)
    {
        Picture sheet = ContactSheet.Arrange([Pictures.Filled(64, 64, Red)], [label]);
        Picture boxes = ContactSheet.Arrange([Pictures.Filled(64, 64, Red)], [string.Concat(Enumerable.Repeat("\U0010FFFD", new System.Globalization.StringInfo(label).LengthInTextElements))]);
        bool found = SheetFonts.Runs(label).All(run => run.Face is not null);
        Assert.InRange(DarkPixels(sheet), 10, 600);
        Assert.Equal(found, !sheet.Rgba.SequenceEqual(boxes.Rgba));
    }

    [Fact]
    public void A_text_is_cut_into_pieces_of_one_font_and_nothing_of_it_is_lost()
    {
        foreach (string text in new[] { "", "plain", "a中b", "مرحبا بالعالم, 7", "e\u0301 👩‍👩‍👧 x", "\ud83d half", "\U0010FFFD\U0010FFFD" })
        {
            var runs = SheetFonts.Runs(text);
            Assert.Equal(text, string.Concat(runs.Select(run => run.Text)));
            Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.NotEqual(pair.First.Face, pair.Second.Face));
        }
    }

    [Fact]
    public void Text_on_a_dark_sheet_is_light()
    {
        Picture sheet = ContactSheet.Arrange([Pictures.Filled(64, 64, Red)], ["seed"], new() { Background = Pictures.Black });
        Picture label = PictureCrop.Crop(sheet, 8, 200, 192, sheet.Height - 200);
        Assert.Contains(Enumerable.Range(0, label.Width * label.Height), i => label.Rgba[4 * i] > 200);
    }

    [Fact]
    public void A_long_label_is_broken_and_stays_under_its_picture()
    {
        Picture[] pictures = [Pictures.Filled(64, 64, Red), Pictures.Filled(64, 64, Red)];
        string sentence = "This person has black hair and " + new string('w', 100) + " and never ends, never ends, never ends at all";
        Picture sheet = ContactSheet.Arrange(pictures, [sentence, ""]);
        Picture twice = ContactSheet.Arrange(pictures, [sentence + sentence, ""]);
        Assert.Equal(sheet.Height, twice.Height);
        int below = 8 + 192, height = sheet.Height - below;
        Assert.InRange(height, 3 * 14, 80);
        Assert.Equal(0, DarkPixels(PictureCrop.Crop(sheet, 0, below, 7, height)));
        Assert.Equal(0, DarkPixels(PictureCrop.Crop(sheet, 201, below, 207, height)));
    }

    [Fact]
    public void Headers_stand_above_columns_and_left_of_rows()
    {
        ContactSheetOptions options = new() { ColumnHeaders = ["sketch", "sample"], RowHeaders = ["first", "second"] };
        Picture sheet = ContactSheet.Arrange([.. Enumerable.Repeat(Pictures.Filled(64, 64, Red), 4)], null, options);
        int left = sheet.Width - 400, top = sheet.Height - 400;
        Assert.Equal((255, 0, 0, 255), SampleFiles.At(sheet, left, top));
        Assert.Equal((255, 255, 255, 255), SampleFiles.At(sheet, left - 1, top));
        Assert.Equal((255, 255, 255, 255), SampleFiles.At(sheet, left, top - 1));
        Assert.InRange(DarkPixels(PictureCrop.Crop(sheet, left, 0, 192, top)), 60, 600);
        Assert.InRange(DarkPixels(PictureCrop.Crop(sheet, left + 200, 0, 192, top)), 60, 600);
        Assert.InRange(DarkPixels(PictureCrop.Crop(sheet, 0, top + 60, left, 80)), 40, 400);
        Assert.InRange(DarkPixels(PictureCrop.Crop(sheet, 0, top + 260, left, 80)), 60, 600);
        Assert.Equal(0, DarkPixels(PictureCrop.Crop(sheet, 0, 0, left, top)));
    }

    [Fact]
    public void What_cannot_be_laid_out_is_refused()
    {
        Picture[] two = [Pictures.Filled(64, 64, Red), Pictures.Filled(64, 64, Red)];
        Refused("ContactSheetEmpty", () => ContactSheet.Arrange([]));
        Refused("ContactSheetEmpty", () => ContactSheet.Arrange([null]));
        Refused("ContactSheetOptionsInvalid", () => ContactSheet.Arrange(two, ["one"]));
        Refused("ContactSheetOptionsInvalid", () => ContactSheet.Arrange(two, null, new() { Columns = 0 }));
        Refused("ContactSheetOptionsInvalid", () => ContactSheet.Arrange(two, null, new() { Scale = 0 }));
        Refused("ContactSheetOptionsInvalid", () => ContactSheet.Arrange(two, null, new() { Gap = -1 }));
        Refused("ContactSheetOptionsInvalid", () => ContactSheet.Arrange(two, null, new() { Columns = 1, ColumnHeaders = ["a", "b"] }));
        Refused("ContactSheetOptionsInvalid", () => ContactSheet.Arrange(two, null, new() { Columns = 1, RowHeaders = ["a"] }));
        Refused("PictureTooLarge", () => ContactSheet.Arrange(two, null, new() { Scale = 100 }));
    }

    private static void Refused(string id, Func<object> act) => Assert.Equal(id, Assert.Throws<McdmException>(act).Id);

    private static int DarkPixels(Picture picture)
    {
        int count = 0;
        for (int i = 0; i < picture.Rgba.Length; i += 4)
        {
            count += picture.Rgba[i] < 128 ? 1 : 0;
        }

        return count;
    }
}
