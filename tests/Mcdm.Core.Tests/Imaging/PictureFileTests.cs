using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using SkiaSharp;
using Xunit;

namespace Mcdm.Core.Tests.Imaging;

public sealed class PictureFileTests : IDisposable
{
    private readonly SampleFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_missing_file_is_named() => Refused("PictureNotFound", ErrorKind.NotFound, _files.PathOf("no.png"));

    [Fact]
    public void A_missing_folder_is_a_missing_picture() =>
        Refused("PictureNotFound", ErrorKind.NotFound, Path.Combine(_files.Folder, "no", "no.png"));

    [Fact]
    public void A_folder_is_not_a_picture() => Refused("PictureIsFolder", ErrorKind.InvalidArgument, _files.Folder);

    [Fact]
    public void An_empty_file_is_called_empty() => Refused("PictureEmpty", ErrorKind.InvalidData, _files.Write("a.png", []));

    [Theory]
    [InlineData("not a picture at all")]
    [InlineData("BMW is a make of car")]
    [InlineData("x")]
    public void Other_files_are_not_recognised(string text) =>
        Refused("PictureNotRecognised", ErrorKind.InvalidData, _files.Write("a.png", System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>As a device of Windows is.</summary>
    [Fact]
    public void A_pipe_is_no_picture()
    {
        if (OperatingSystem.IsWindows()) { return; }
        string pipe = _files.PathOf("a.png");
        using var writer = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", $"mkfifo '{pipe}'; exec 3<>'{pipe}'; echo open; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Equal("open", writer.StandardOutput.ReadLine());
            Refused("PictureUnreadable", ErrorKind.ReadFailed, pipe);
        }
        finally
        {
            writer.Kill();
        }
    }

    [Fact]
    public void A_file_that_another_has_locked_cannot_be_read()
    {
        string path = _files.Write("a.png", SampleFiles.Encode(SampleFiles.Quarters(8, 8), SKEncodedImageFormat.Png));
        using FileStream other = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Refused("PictureUnreadable", ErrorKind.ReadFailed, path);
    }

    [Fact]
    public void A_huge_picture_is_refused_by_its_header()
    {
        // The header promises 10000 × 5001 pixels; no pixel follows.
        string path = _files.Write("huge.png", SampleFiles.Png(10_000, 5_001, 8, 2, []));
        McdmException error = Refused("PictureTooLarge", ErrorKind.LimitsExceeded, path);
        Assert.Contains("10000×5001", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> HugeHeaders()
    {
        byte[] jpeg = SampleFiles.Encode(SampleFiles.Quarters(8, 8), SKEncodedImageFormat.Jpeg);
        byte[] webp = SampleFiles.Encode(SampleFiles.Quarters(8, 8), SKEncodedImageFormat.Webp);
        byte[] tiff = SampleFiles.Tiff(SampleFiles.Quarters(8, 8), 1, littleEndian: true);
        return new()
        {
            { "JPEG", Changed(jpeg, jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 5, 0xFF, 0xFF, 0xFF, 0xFF) },
            { "WebP", Changed(webp, 21, 0xFF, 0xFF, 0xFF, 0x0F) },
            { "GIF", Changed(Gif, 6, 0xFF, 0xFF, 0xFF, 0xFF) },
            { "BMP", Changed(Bmp, 18, 0x10, 0x27, 0, 0, 0x10, 0x27, 0, 0) },
            { "TIFF", Changed(Changed(tiff, 18, 0, 0, 1), 30, 0, 0, 1) },
        };
    }

    [Theory]
    [MemberData(nameof(HugeHeaders), DisableDiscoveryEnumeration = true)]
    public void A_huge_picture_of_another_format_is_refused_by_its_header_too(string format, byte[] file) =>
        Refused("PictureTooLarge", ErrorKind.LimitsExceeded, _files.Write(format, file));

    private static byte[] Changed(byte[] file, int at, params byte[] bytes) => [.. file[..at], .. bytes, .. file[(at + bytes.Length)..]];

    [Fact]
    public void Whatever_ends_a_decoder_is_one_clear_error()
    {
        // Each byte of a picture's header in turn becomes 0, 127 or 255: some are read, and no other exception comes.
        byte[] tiff = SampleFiles.Tiff(SampleFiles.Quarters(8, 8), 1, littleEndian: true);
        byte[] webp = SampleFiles.Encode(SampleFiles.Quarters(8, 8), SKEncodedImageFormat.Webp, 80);
        int refused = 0;
        foreach (byte[] file in new[] { tiff, webp, Gif, Bmp })
        {
            for (int i = 0; i < 3 * Math.Min(150, file.Length); i++)
            {
                refused += Record.Exception(() => PictureFile.Decode(Changed(file, i / 3, (byte)(i % 3 * 127.5)), "changed")) switch
                {
                    null => 0,
                    McdmException => 1,
                    Exception other => throw other,
                };
            }
        }
        Assert.InRange(refused, 100, 1000);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void A_file_cut_short_anywhere_is_refused(SKEncodedImageFormat format)
    {
        byte[] whole = SampleFiles.Encode(Noise(64, 64), format, 90);
        foreach (int percent in new[] { 1, 10, 50, 90, 99 })
        {
            int length = Math.Max(16, whole.Length * percent / 100);
            Refused("PictureTruncated", ErrorKind.InvalidData, _files.Write("cut", whole[..length]));
        }
    }

    [Fact]
    public void A_gif_or_bmp_cut_short_is_refused()
    {
        Refused("PictureTruncated", ErrorKind.InvalidData, _files.Write("cut.gif", Gif[..^6]));
        Refused("PictureTruncated", ErrorKind.InvalidData, _files.Write("cut.bmp", Bmp[..^4]));
    }

    [Fact]
    public void A_damaged_png_is_refused()
    {
        byte[] png = SampleFiles.Encode(Noise(64, 64), SKEncodedImageFormat.Png);
        png.AsSpan(png.Length / 2, 64).Clear();
        Refused("PictureTruncated", ErrorKind.InvalidData, _files.Write("a.png", png));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Lossless_files_read_exactly(SKEncodedImageFormat format)
    {
        Picture quarters = SampleFiles.Quarters(10, 6);
        (Picture picture, List<string> notes) = Read(_files.Write("a", SampleFiles.Encode(quarters, format)));
        Assert.Equal((10, 6), (picture.Width, picture.Height));
        Assert.Equal(quarters.Rgba, picture.Rgba);
        Assert.Empty(notes);
    }

    [Fact]
    public void Transparent_pixels_keep_their_colour_and_are_mentioned()
    {
        byte[] rgba = [200, 100, 50, 128, 10, 20, 30, 255];
        (Picture picture, List<string> notes) = Read(_files.Write("a.png", SampleFiles.Png(2, 1, 8, 6, rgba)));
        Assert.Equal(rgba, picture.Rgba);
        Assert.Equal(["a.png: has transparent pixels"], notes);
    }

    [Fact]
    public void Sixteen_bits_become_eight()
    {
        byte[] rows = [0x80, 0x80, 0xFF, 0xFF, 0, 0, 0x12, 0x12, 0x34, 0x34, 0x56, 0x56];
        (Picture picture, List<string> notes) = Read(_files.Write("deep.png", SampleFiles.Png(2, 1, 16, 2, rows)));
        Assert.Equal([0x80, 0xFF, 0, 255, 0x12, 0x34, 0x56, 255], picture.Rgba);
        Assert.Equal(["deep.png: 16-bit → 8-bit"], notes);
    }

    [Theory]
    [InlineData(255, 128, 255, 8)]
    [InlineData(1023, 512, 255, 10)]
    [InlineData(4095, 2048, 255, 12)]
    [InlineData(8191, 4096, 32, 16)]
    public void Values_of_fewer_bits_in_sixteen_are_taken_for_what_they_are(ushort most, ushort half, byte expected, int bits)
    {
        byte[] rows = [0, 0, (byte)(half >> 8), (byte)half, (byte)(most >> 8), (byte)most];
        (Picture picture, List<string> notes) = Read(_files.Write("deep.png", SampleFiles.Png(3, 1, 16, 0, rows)));
        Assert.Equal([0, expected / 2 + (bits < 16 ? 1 : 0), expected], Enumerable.Range(0, 3).Select(x => (int)SampleFiles.At(picture, x, 0).Red));
        Assert.Equal(bits < 16 ? $"deep.png: 16-bit, but no value is over {most}: {bits}-bit → 8-bit" : "deep.png: 16-bit → 8-bit", notes[0]);
    }

    [Fact]
    public void Black_of_sixteen_bits_stays_black_and_dark_eight_bit_tiffs_stay_dark()
    {
        Assert.Equal((0, 0, 0, 255), SampleFiles.At(PictureFile.Decode(SampleFiles.Png(1, 1, 16, 0, [0, 0]), "black.png"), 0, 0));
        byte[] dark = SampleFiles.Tiff(new Picture(2, 1, [9, 8, 7, 255, 1, 2, 3, 255]), 1, littleEndian: true);
        Assert.Equal((9, 8, 7, 255), SampleFiles.At(PictureFile.Decode(dark, "dark.tif"), 0, 0));
    }

    [Theory]
    [InlineData("a.png", 6)]
    [InlineData("a.png", 1)]
    [InlineData("a.webp", 8)]
    [InlineData("a.jpg", 5)]
    [InlineData("a.tif", 6)]
    public void The_size_of_a_file_is_that_of_its_picture(string name, byte orientation)
    {
        Picture quarters = SampleFiles.Quarters(64, 32);
        byte[] file = Path.GetExtension(name) switch
        {
            ".png" => SampleFiles.WithPngOrientation(SampleFiles.Encode(quarters, SKEncodedImageFormat.Png), orientation),
            ".webp" => SampleFiles.WithWebpOrientation(SampleFiles.Encode(quarters, SKEncodedImageFormat.Webp), 64, 32, orientation),
            ".jpg" => SampleFiles.WithOrientation(SampleFiles.Encode(quarters, SKEncodedImageFormat.Jpeg), orientation),
            _ => SampleFiles.Tiff(quarters, orientation, littleEndian: true),
        };
        string path = _files.Write(name, file);
        Picture picture = PictureFile.Read(path);
        Assert.Equal((picture.Width, picture.Height), PictureFile.SizeOf(path));
        Assert.Equal(orientation >= 5 ? 32 : 64, picture.Width);
    }

    [Theory]
    [InlineData("a.jpg", true)]
    [InlineData("a.png", false)]
    public void Whether_colours_are_exact_is_known(string name, bool isLossy) =>
        Assert.Equal(isLossy, PictureFile.Decode(SampleFiles.Encode(SampleFiles.Quarters(8, 8), isLossy ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png), name).IsLossy);

    [Theory]
    [InlineData(100, false)]
    [InlineData(60, true)]
    public void Webp_may_be_exact_or_not(int quality, bool isLossy) =>
        Assert.Equal(isLossy, PictureFile.Decode(SampleFiles.Encode(SampleFiles.Quarters(8, 8), SKEncodedImageFormat.Webp, quality), "a.webp").IsLossy);

    [Fact]
    public void An_orientation_with_the_mark_of_jpeg_before_it_counts_too()
    {
        // Some programs put into PNG and WebP what they would put into JPEG, "Exif" and two zeros first.
        byte[] png = SampleFiles.WithPngOrientation(SampleFiles.Encode(SampleFiles.Quarters(64, 32), SKEncodedImageFormat.Png), 6, marked: true);
        byte[] webp = SampleFiles.WithWebpOrientation(SampleFiles.Encode(SampleFiles.Quarters(64, 32), SKEncodedImageFormat.Webp), 64, 32, 6, marked: true);
        Assert.Equal(32, PictureFile.Decode(png, "a.png").Width);
        Assert.Equal(32, PictureFile.Decode(webp, "a.webp").Width);
    }

    [Fact]
    public void An_orientation_of_a_png_counts_wherever_it_is()
    {
        byte[] png = SampleFiles.Encode(SampleFiles.Quarters(64, 32), SKEncodedImageFormat.Png);
        byte[] turned = SampleFiles.WithPngOrientation(png, 6);
        byte[] chunk = turned[33..(33 + turned.Length - png.Length)];
        Assert.Equal(32, PictureFile.Decode([.. png[..^12], .. chunk, .. png[^12..]], "behind.png").Width);
        // As ImageMagick wrote it before there was a chunk for it.
        string text = $"Raw profile type exif\0\nexif\n      32\n{Convert.ToHexString([.. "Exif\0\0"u8, .. chunk[8..^4]]).ToLowerInvariant()}\n";
        byte[] old = SampleFiles.Png(64, 32, 8, 2, [.. SampleFiles.Quarters(64, 32).Rgba.Where((_, i) => i % 4 != 3)], ("tEXt", System.Text.Encoding.Latin1.GetBytes(text)));
        Assert.Equal(32, PictureFile.Decode(old, "magick.png").Width);
    }

    [Fact]
    public void A_colour_profile_is_not_applied_and_a_damaged_one_does_no_harm()
    {
        using MemoryStream packed = new();
        using (System.IO.Compression.ZLibStream zlib = new(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) { zlib.Write(new byte[400]); }
        byte[] png = SampleFiles.Png(1, 1, 8, 2, [0x8C, 0x3C, 0x14], ("iCCP", [.. "icc\0\0"u8, .. packed.ToArray()]));
        Assert.Equal([0x8C, 0x3C, 0x14, 255], PictureFile.Decode(png, "icc.png").Rgba);
    }

    [Fact]
    public void Greyscale_becomes_colour()
    {
        (Picture picture, List<string> notes) = Read(_files.Write("grey.png", SampleFiles.Png(2, 1, 8, 0, [7, 250])));
        Assert.Equal([7, 7, 7, 255, 250, 250, 250, 255], picture.Rgba);
        Assert.Equal(["grey.png: greyscale → RGB"], notes);
    }

    [Fact]
    public void Deep_greyscale_with_alpha_gets_a_note_for_each_conversion()
    {
        (Picture picture, List<string> notes) = Read(_files.Write("g.png", SampleFiles.Png(1, 1, 16, 4, [0x40, 0x40, 0x80, 0x80])));
        Assert.Equal([0x40, 0x40, 0x40, 0x80], picture.Rgba);
        Assert.Equal(["g.png: 16-bit → 8-bit", "g.png: greyscale → RGB", "g.png: has transparent pixels"], notes);
    }

    [Fact]
    public void A_palette_becomes_colour()
    {
        byte[] png = SampleFiles.Png(2, 1, 8, 3, [1, 0], ("PLTE", [1, 2, 3, 40, 50, 60]));
        (Picture picture, List<string> notes) = Read(_files.Write("p.png", png));
        Assert.Equal([40, 50, 60, 255, 1, 2, 3, 255], picture.Rgba);
        Assert.Equal(["p.png: palette → RGB"], notes);
    }

    [Fact]
    public void Gif_and_bmp_are_read()
    {
        (Picture gif, List<string> notes) = Read(_files.Write("a.gif", Gif));
        Assert.Equal([255, 0, 0, 255], gif.Rgba);
        Assert.Equal(["a.gif: palette → RGB"], notes);
        (Picture bmp, notes) = Read(_files.Write("a.bmp", Bmp));
        Assert.Equal([255, 0, 0, 255, 0, 0, 255, 255], bmp.Rgba);
        Assert.Empty(notes);
    }

    [Theory]
    [InlineData(1, "red", "green", "blue", null)]
    [InlineData(2, "green", "red", "white", "mirrored left to right")]
    [InlineData(3, "white", "blue", "green", "turned 180°")]
    [InlineData(4, "blue", "white", "red", "mirrored top to bottom")]
    [InlineData(5, "red", "blue", "green", "mirrored and turned 90° to the left")]
    [InlineData(6, "blue", "red", "white", "turned 90° to the right")]
    [InlineData(7, "white", "green", "blue", "mirrored and turned 90° to the right")]
    [InlineData(8, "green", "white", "red", "turned 90° to the left")]
    public void A_photograph_is_turned_upright(byte orientation, string topLeft, string topRight, string bottomLeft, string? turn)
    {
        byte[] jpeg = SampleFiles.WithOrientation(
            SampleFiles.Encode(SampleFiles.Quarters(64, 32), SKEncodedImageFormat.Jpeg), orientation);
        (Picture picture, List<string> notes) = Read(_files.Write("photo.jpg", jpeg));
        Assert.Equal(orientation >= 5 ? (32, 64) : (64, 32), (picture.Width, picture.Height));
        Assert.Equal(topLeft, Name(picture, 4, 4));
        Assert.Equal(topRight, Name(picture, picture.Width - 5, 4));
        Assert.Equal(bottomLeft, Name(picture, 4, picture.Height - 5));
        Assert.Equal(turn is null ? [] : [$"photo.jpg: {turn} as its EXIF orientation says"], notes);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Other_pictures_with_an_orientation_are_turned_upright_too(SKEncodedImageFormat format)
    {
        byte[] file = SampleFiles.Encode(SampleFiles.Quarters(64, 32), format);
        file = format == SKEncodedImageFormat.Png ? SampleFiles.WithPngOrientation(file, 6) : SampleFiles.WithWebpOrientation(file, 64, 32, 6);
        (Picture picture, List<string> notes) = Read(_files.Write("photo", file));
        Assert.Equal((32, 64), (picture.Width, picture.Height));
        Assert.Equal(("blue", "red"), (Name(picture, 4, 4), Name(picture, 27, 4)));
        Assert.Equal(["photo: turned 90° to the right as its EXIF orientation says"], notes);
    }

    [Theory]
    [InlineData(1, true, "red")]
    [InlineData(6, false, "blue")]
    public void A_tiff_is_read_and_turned_upright(ushort orientation, bool littleEndian, string topLeft)
    {
        (Picture picture, _) = Read(_files.Write("a.tif", SampleFiles.Tiff(SampleFiles.Quarters(64, 32), orientation, littleEndian)));
        Assert.Equal(orientation == 1 ? (64, 32) : (32, 64), (picture.Width, picture.Height));
        Assert.Equal(topLeft, Name(picture, 4, 4));
    }

    [Theory]
    [InlineData(8, true, 1, 2, 2)]
    [InlineData(8, false, 0, 1, 2)]
    [InlineData(16, true, 0, 2, 2)]
    [InlineData(16, false, 1, 1, 1)]
    [InlineData(8, true, 1, 1, 0)]
    public void A_tiff_of_grey_with_alpha_is_read(int bits, bool littleEndian, int photometric, int predictor, int extra)
    {
        const int associated = 1, unspecified = 0;
        int scale = bits == 16 ? 257 : 1;
        (int Grey, int Alpha)[] pixels = [(200, 255), (10, 0), (120, 200), (60, 128), (255, 255), (0, 255)];
        int Stored((int Grey, int Alpha) pixel)
        {
            int grey = photometric == 0 ? 255 - pixel.Grey : pixel.Grey;
            return scale * (extra == associated ? grey * pixel.Alpha / 255 : grey);
        }
        byte[] tiff = SampleFiles.GreyAlphaTiff(3, 2, [.. pixels.SelectMany(pixel => new[] { Stored(pixel), scale * pixel.Alpha })], bits, littleEndian, photometric, predictor, extra);
        (Picture picture, List<string> notes) = Read(_files.Write("a.tif", tiff));
        Assert.Equal((3, 2), (picture.Width, picture.Height));
        for (int i = 0; i < pixels.Length; i++)
        {
            (byte red, byte green, byte blue, byte alpha) = SampleFiles.At(picture, i % 3, i / 3);
            Assert.Equal((red, red, extra == unspecified ? 255 : pixels[i].Alpha), (green, blue, alpha));
            if (alpha > 0) { Assert.InRange(red - pixels[i].Grey, extra == associated ? -2 : 0, 0); }
        }
        Assert.Contains("a.tif: greyscale → RGB", notes);
        Assert.Equal((3, 2), PictureFile.SizeOf(_files.PathOf("a.tif")));
    }

    [Fact]
    public void An_animation_is_its_first_picture_whatever_its_format()
    {
        const string note = ": an animation, of which the first picture is read";
        Picture quarters = SampleFiles.Quarters(8, 6), other = new(8, 6, new byte[4 * 48]);
        (Picture webp, List<string> notes) = Read(_files.Write("a.webp", SampleFiles.AnimatedWebp(8, 6, (0, 0, quarters), (0, 0, other))));
        Assert.Equal(quarters.Rgba, webp.Rgba);
        Assert.Equal(["a.webp" + note], notes);

        (Picture gif, notes) = Read(_files.Write("a.gif", [.. Gif[..^1], .. Gif[^16..]]));
        Assert.Equal([255, 0, 0, 255], gif.Rgba);
        Assert.Equal(["a.gif" + note, "a.gif: palette → RGB"], notes);

        (Picture png, notes) = Read(_files.Write("a.png", SampleFiles.Png(1, 1, 8, 6, [1, 2, 3, 255], ("acTL", [0, 0, 0, 1, 0, 0, 0, 0]))));
        Assert.Equal([1, 2, 3, 255], png.Rgba);
        Assert.Equal(["a.png" + note], notes);
    }

    [Fact]
    public void The_first_picture_of_an_animation_lies_in_its_place()
    {
        string path = _files.Write("a.webp", SampleFiles.AnimatedWebp(12, 10, (2, 4, SampleFiles.Quarters(8, 6)), (0, 0, SampleFiles.Quarters(12, 10))));
        (Picture picture, _) = Read(path);
        Assert.Equal((12, 10), (picture.Width, picture.Height));
        Assert.Equal((12, 10), PictureFile.SizeOf(path));
        Assert.Equal(0, SampleFiles.At(picture, 1, 4).Alpha);
        Assert.Equal("red", Name(picture, 2, 4));
        Assert.Equal("white", Name(picture, 9, 9));
    }

    [Fact]
    public void An_animation_cut_within_its_first_picture_is_refused()
    {
        byte[] webp = SampleFiles.AnimatedWebp(64, 64, (0, 0, Noise(64, 64)), (0, 0, Noise(64, 64)));
        Refused("PictureTruncated", ErrorKind.InvalidData, _files.Write("cut.webp", webp[..(webp.Length / 3)]));
        // The image library would read as far as a chunk says that it goes.
        int length = webp.AsSpan().IndexOf("ANMF"u8) + 8 + 16 + 4;
        Refused("PictureTruncated", ErrorKind.InvalidData, _files.Write("far.webp", Changed(webp, length + 3, 127)));
    }

    [Fact]
    public void A_tiff_cut_short_is_refused() =>
        Refused("PictureTruncated", ErrorKind.InvalidData, _files.Write("cut.tif", SampleFiles.Tiff(SampleFiles.Quarters(64, 32), 1, littleEndian: true)[..^1]));

    [Fact]
    public void Bytes_between_the_segments_of_a_jpeg_are_passed_over()
    {
        // An odd number of them hides the next segment from decoders that step by two bytes; here that is a table of the colours.
        byte[] jpeg = SampleFiles.Encode(SampleFiles.Quarters(64, 32), SKEncodedImageFormat.Jpeg);
        int second = 4 + (jpeg[4] << 8) + jpeg[5];
        byte[] junk = [.. jpeg[..second], .. "\0\0hello"u8, .. jpeg[second..]];
        Assert.Equal(PictureFile.Decode(jpeg, "a.jpg").Rgba, PictureFile.Decode(junk, "junk.jpg").Rgba);
        Refused("PictureTruncated", ErrorKind.InvalidData, _files.Write("cut.jpg", junk[..^2]));
    }

    [BugFact]
    public void A_photograph_with_bytes_between_segments_is_read_as_without()
    {
        byte[] jpeg = File.ReadAllBytes(BugFactAttribute.PathOf("jpeg-junk-between-segments.jpg"));
        int junk = jpeg.AsSpan().IndexOf("\0\0hello"u8);
        Assert.Equal(PictureFile.Decode([.. jpeg[..junk], .. jpeg[(junk + 7)..]], "clean.jpg").Rgba, PictureFile.Decode(jpeg, "junk.jpg").Rgba);
    }

    [BugFact]
    public void A_png_with_an_orientation_is_turned_upright()
    {
        Picture picture = PictureFile.Read(BugFactAttribute.PathOf("exif6.png"));
        Assert.Equal((64, 96), (picture.Width, picture.Height));
    }

    [Fact]
    public void Colours_are_those_that_are_stored_whatever_the_gamma()
    {
        byte[] png = SampleFiles.Png(1, 1, 8, 2, [40, 50, 60], ("gAMA", [0, 0, 0xB1, 0x8F]));
        Assert.Equal([40, 50, 60, 255], PictureFile.Decode(png, "gamma.png").Rgba);
        byte[] palette = SampleFiles.Png(2, 1, 8, 3, [1, 0], ("gAMA", [0, 0, 0xB1, 0x8F]), ("cHRM", [0, 0, 0x7A, 0x26, 0, 0, 0x80, 0x84, 0, 0, 0xFA, 0, 0, 0, 0x80, 0xE8, 0, 0, 0x75, 0x30, 0, 0, 0xEA, 0x60, 0, 0, 0x3A, 0x98, 0, 0, 0x17, 0x70]), ("PLTE", [1, 2, 3, 0x8C, 0x3C, 0x14]));
        Assert.Equal([0x8C, 0x3C, 0x14, 255, 1, 2, 3, 255], PictureFile.Decode(palette, "palette.png").Rgba);
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".JPEG")]
    [InlineData(".webp")]
    [InlineData(".png")]
    [InlineData(".bmp")]
    [InlineData(".gif")]
    public void A_picture_is_written_in_the_format_that_its_name_says(string extension)
    {
        Picture quarters = SampleFiles.Quarters(64, 32);
        string path = _files.PathOf("a" + extension);
        PictureWriter.Write(quarters, path);
        using SKCodec codec = SKCodec.Create(path);
        Assert.Equal(extension switch { ".webp" => SKEncodedImageFormat.Webp, ".png" => SKEncodedImageFormat.Png, ".bmp" => SKEncodedImageFormat.Bmp, ".gif" => SKEncodedImageFormat.Gif, _ => SKEncodedImageFormat.Jpeg }, codec.EncodedFormat);
        Picture again = PictureFile.Read(path);
        Assert.All(quarters.Rgba.Zip(again.Rgba), pair => Assert.InRange(pair.First - pair.Second, -6, 6));
        Assert.Equal("OutputExists", Assert.Throws<McdmException>(() => PictureWriter.Write(quarters, path)).Id);
    }

    [Theory]
    [InlineData("a.tif")]
    [InlineData("a.TIFF")]
    public void A_tiff_keeps_every_colour(string name)
    {
        Picture quarters = SampleFiles.Quarters(64, 32);
        PictureWriter.Write(quarters, _files.PathOf(name));
        Assert.Equal("II*\0"u8, File.ReadAllBytes(_files.PathOf(name)).AsSpan(0, 4));
        Assert.Equal(quarters.Rgba, PictureFile.Read(_files.PathOf(name)).Rgba);
    }

    [Fact]
    public void Webp_keeps_every_colour_and_jpeg_shows_white_through()
    {
        Picture clear = new(2, 1, [200, 100, 50, 128, 10, 20, 30, 255]);
        PictureWriter.Write(clear, _files.PathOf("a.webp"));
        Assert.Equal(clear.Rgba, PictureFile.Read(_files.PathOf("a.webp")).Rgba);
        PictureWriter.Write(new Picture(8, 8, new byte[4 * 64]), _files.PathOf("a.jpg"));
        Assert.Equal((255, 255, 255, 255), SampleFiles.At(PictureFile.Read(_files.PathOf("a.jpg")), 3, 3));
    }

    private static string Name(Picture picture, int x, int y)
    {
        (byte red, byte green, byte blue, _) = SampleFiles.At(picture, x, y);
        return (red > 127, green > 127, blue > 127) switch
        {
            (true, false, false) => "red",
            (false, true, false) => "green",
            (false, false, true) => "blue",
            (true, true, true) => "white",
            var other => other.ToString(),
        };
    }

    private static (Picture Picture, List<string> Notes) Read(string path)
    {
        List<string> notes = [];
        return (PictureFile.Read(path, notes.Add), notes);
    }

    private static McdmException Refused(string id, ErrorKind kind, string path)
    {
        McdmException error = Assert.Throws<McdmException>(() => PictureFile.Read(path));
        Assert.Equal((id, kind), (error.Id, error.Kind));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        return error;
    }

    private static Picture Noise(int width, int height)
    {
        var rgba = new byte[4 * width * height];
        new Random(1).NextBytes(rgba);
        for (int i = 3; i < rgba.Length; i += 4)
        {
            rgba[i] = 255;
        }

        return new Picture(width, height, rgba);
    }

    private static readonly byte[] Gif =
    [
        .. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 0,
        0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
    ];

    private static readonly byte[] Bmp =
    [
        .. "BM"u8, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0,
        .. new byte[24], 0, 0, 255, 255, 0, 0, 0, 0,
    ];
}
