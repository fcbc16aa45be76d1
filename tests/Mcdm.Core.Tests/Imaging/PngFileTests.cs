using System.Text;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Xunit;

namespace Mcdm.Core.Tests.Imaging;

public sealed class PngFileTests : IDisposable
{
    private static readonly Dictionary<string, string> Recipe = new()
    {
        ["Mcdm.Recipe"] = "{\"seed\":7,\n \"text\":\"fröhlich 🙂 猫\"}",
        ["Comment"] = string.Empty,
        ["Långd"] = "Latin-1 keyword",
    };

    private readonly SampleFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_picture_and_its_texts_read_back()
    {
        string path = _files.PathOf("a.png");
        PngFile.Write(SampleFiles.Quarters(20, 10), path, Recipe);
        Assert.Equal(SampleFiles.Quarters(20, 10).Rgba, PictureFile.Read(path).Rgba);
        Assert.Equal(Recipe, PngFile.ReadText(path));
        Assert.Equal([path], Directory.GetFiles(_files.Folder));
    }

    [Fact]
    public void Opaque_pictures_have_three_channels_and_others_four()
    {
        byte[] rgba = [200, 100, 50, 128, 10, 20, 30, 0];
        byte[] opaque = PngFile.Encode(SampleFiles.Quarters(4, 4));
        byte[] clear = PngFile.Encode(new Picture(2, 1, rgba));
        Assert.Equal((2, 6), (opaque[25], clear[25]));
        Assert.Equal(rgba, PictureFile.Read(_files.Write("a.png", clear)).Rgba);
    }

    [Fact]
    public void Texts_stand_before_the_pixels_with_right_check_sums()
    {
        byte[] png = PngFile.Encode(SampleFiles.Quarters(4, 4), new Dictionary<string, string> { ["k"] = "v" });
        // "iTXt", k, 0, not packed: 0 0, the language, 0, 0, v; the check sum is from another implementation.
        int at = png.AsSpan().IndexOf("iTXtk\0\0\0und\0\0v"u8);
        Assert.InRange(at, 37, png.AsSpan().IndexOf("IDAT"u8));
        Assert.Equal("1747474E", Convert.ToHexString(png.AsSpan(at + 14, 4)));
    }

    [Fact]
    public void Texts_of_other_programs_are_read()
    {
        byte[] packed;
        using (MemoryStream stream = new())
        {
            using (System.IO.Compression.ZLibStream zlib = new(stream, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
            {
                zlib.Write("packed ü"u8);
            }

            packed = stream.ToArray();
        }

        byte[] png = SampleFiles.Png(1, 1, 8, 0, [1],
            ("tEXt", Encoding.Latin1.GetBytes("Author\0Zoë")),
            ("iTXt", [.. "Title\0\u0001\0de\0Titel\0"u8, .. packed]),
            ("zTXt", [.. "Old\0\0"u8, .. packed]),
            ("zTXt", [.. "Broken\0\0"u8, 1, 2, 3]),
            ("tEXt", [.. "no zero"u8]));
        IReadOnlyDictionary<string, string> text = PngFile.ReadText(_files.Write("a.png", png));
        Assert.Equal("Zoë", text["Author"]);
        Assert.Equal("packed ü", text["Title"]);
        Assert.Equal(["Author", "Old", "Title"], text.Keys.Order());
    }

    [Fact]
    public void Long_texts_stay_readable_in_the_file()
    {
        string recipe = string.Concat(Enumerable.Repeat("{\"seed\":7}", 2000));
        byte[] png = PngFile.Encode(SampleFiles.Quarters(4, 4), new Dictionary<string, string> { ["k"] = recipe });
        Assert.True(png.AsSpan().IndexOf(Encoding.UTF8.GetBytes(recipe)) > 0);
        Assert.Equal(recipe, PngFile.ReadText(png)["k"]);
    }

    [Theory]
    [InlineData("zTXt", "Old\0\0")]
    [InlineData("iTXt", "Title\0\u0001\0de\0Titel\0")]
    public void A_text_that_unpacks_to_more_than_there_is_memory_is_refused(string chunk, string heading)
    {
        using MemoryStream body = new();
        body.Write(Encoding.Latin1.GetBytes(heading));
        using (System.IO.Compression.ZLibStream zlib = new(body, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (int i = 0; i < 17; i++) { zlib.Write(zeros); }
        }

        byte[] png = SampleFiles.Png(1, 1, 8, 0, [1], ("tEXt", [.. "a\0b"u8]), (chunk, body.ToArray()));
        Assert.Equal("PictureTooLarge", Assert.Throws<McdmException>(() => PictureFile.Decode(png, "bomb.png")).Id);
        Assert.Empty(PngFile.ReadText(png));
    }

    [Fact]
    public void Files_without_text_have_none()
    {
        Assert.Empty(PngFile.ReadText(_files.Write("a.png", SampleFiles.Png(1, 1, 8, 0, [1]))));
        Assert.Empty(PngFile.ReadText(_files.Write("a.txt", [.. "Hello"u8])));
        Assert.Empty(PngFile.ReadText(_files.Write("empty", [])));
        Assert.Equal("PictureNotFound", Assert.Throws<McdmException>(() => PngFile.ReadText(_files.PathOf("no.png"))).Id);
    }

    [Fact]
    public void Damaged_files_give_the_texts_before_the_damage()
    {
        byte[] png = PngFile.Encode(SampleFiles.Quarters(4, 4), Recipe);
        for (int length = 0; length < png.Length; length += 3)
        {
            IReadOnlyDictionary<string, string> text = PngFile.ReadText(_files.Write("cut.png", png[..length]));
            Assert.Subset(Recipe.ToHashSet(), text.ToHashSet());
        }

        Assert.Equal(Recipe, PngFile.ReadText(_files.Write("cut.png", png[..^20])));
    }

    [Theory]
    [InlineData("", "v")]
    [InlineData(" k", "v")]
    [InlineData("猫", "v")]
    [InlineData("k\n", "v")]
    [InlineData("k", "a\0b")]
    public void Texts_that_png_cannot_hold_are_refused_and_nothing_is_written(string keyword, string value)
    {
        Refused("PngTextInvalid", ErrorKind.InvalidArgument, _files.PathOf("a.png"), new() { [keyword] = value });
        Assert.Empty(Directory.GetFileSystemEntries(_files.Folder));
    }

    [Fact]
    public void An_existing_file_is_replaced_only_when_asked()
    {
        string path = _files.Write("a.png", [1, 2, 3]);
        Refused("OutputExists", ErrorKind.AlreadyExists, path);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_files.Folder));

        PngFile.Write(SampleFiles.Quarters(4, 4), path, overwrite: true);
        Assert.Equal(4, PictureFile.Read(path).Width);
        Assert.Equal([path], Directory.GetFileSystemEntries(_files.Folder));
    }

    [Fact]
    public void A_folder_is_not_replaced()
    {
        Directory.CreateDirectory(_files.PathOf("a.png"));
        Refused("OutputIsFolder", ErrorKind.InvalidArgument, _files.PathOf("a.png"));
    }

    [Fact]
    public void The_folder_must_exist() =>
        Refused("OutputFolderNotFound", ErrorKind.NotFound, Path.Combine(_files.Folder, "no", "a.png"));

    [Fact]
    public void What_cannot_be_written_leaves_nothing_behind()
    {
        Refused("OutputUnwritable", ErrorKind.WriteFailed, _files.PathOf(new string('a', 300)));
        Assert.Empty(Directory.GetFileSystemEntries(_files.Folder));
    }

    private static void Refused(string id, ErrorKind kind, string path, Dictionary<string, string>? text = null)
    {
        McdmException error = Assert.Throws<McdmException>(() => PngFile.Write(SampleFiles.Quarters(4, 4), path, text));
        Assert.Equal((id, kind), (error.Id, error.Kind));
    }
}
