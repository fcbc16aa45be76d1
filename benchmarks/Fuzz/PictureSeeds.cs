using System.IO.Compression;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using SkiaSharp;

namespace Mcdm.Benchmarks.Fuzz;

/// <summary>Whole pictures of the six formats, and of the ways each is coded, small enough that a changed byte counts.</summary>
internal static class PictureSeeds
{
    private const int Width = 24, Height = 16;

    /// <summary>The files, with what each ends with.</summary>
    public static IReadOnlyList<(string Extension, byte[] Bytes)> All()
    {
        var picture = Drawing();
        var rgb = picture.Rgba.Where((_, i) => i % 4 != 3).ToArray();
        var grey = picture.Rgba.Where((_, i) => i % 4 == 0).ToArray();
        var jpeg = SampleFiles.Encode(picture, SKEncodedImageFormat.Jpeg, 80);
        var lossy = SampleFiles.Encode(picture, SKEncodedImageFormat.Webp, 80);
        return
        [
            ("png", PngFile.Encode(picture, new Dictionary<string, string> { ["mcdm"] = "{\"seed\":7}" })),
            ("png", PngFile.Encode(new Picture(Width, Height, [.. picture.Rgba.Select((value, i) => i % 8 == 3 ? (byte)100 : value)]))),
            ("png", SampleFiles.WithPngOrientation(SampleFiles.Png(Width, Height, 8, 0, grey, ("tRNS", [0, 0])), 6)),
            ("png", SampleFiles.Png(Width, Height, 16, 2, [.. rgb.SelectMany(value => new[] { value, value })])),
            ("png", SampleFiles.Png(Width, Height, 8, 3, [.. grey.Select(value => (byte)(value >> 6))], ("PLTE", rgb[..12]), ("tRNS", [255, 0, 100]))),
            ("png", SampleFiles.Png(Width, Height, 8, 0, grey, ("zTXt", [.. "k\0\0"u8, .. Deflate([.. "text"u8])]), ("tEXt", [.. "a\0b"u8]))),
            ("jpg", jpeg),
            ("jpg", SampleFiles.WithOrientation(jpeg, 8)),
            ("jpg", Progressive(jpeg)),
            ("webp", lossy),
            ("webp", SampleFiles.WithWebpOrientation(lossy, Width, Height, 5)),
            ("webp", SampleFiles.Encode(picture, SKEncodedImageFormat.Webp, 100)),
            ("bmp", Bmp(24, rgb)),
            ("bmp", Bmp(32, picture.Rgba)),
            ("bmp", Bmp(8, grey)),
            ("bmp", Bmp(8, RunLengths(grey), coding: 1)),
            ("gif", Gif(grey)),
            ("tif", SampleFiles.Tiff(picture, 1, littleEndian: true)),
            ("tif", SampleFiles.Tiff(picture, 3, littleEndian: false)),
            ("tif", SampleFiles.Tiff(picture, 1, littleEndian: true, coding: 5, Lzw(rgb, mostSignificantFirst: true))),
            ("tif", SampleFiles.Tiff(picture, 1, littleEndian: true, coding: 8, Deflate(rgb))),
            ("tif", SampleFiles.Tiff(picture, 1, littleEndian: true, coding: 32773, [.. rgb.Chunk(100).SelectMany(run => run.Prepend((byte)(run.Length - 1)))])),
        ];
    }

    /// <summary>Lines on a gradient.</summary>
    private static Picture Drawing()
    {
        var rgba = new byte[4 * Width * Height];
        for (int i = 0; i < Width * Height; i++)
        {
            int x = i % Width, y = i / Width;
            byte level = x == y || x == 2 * y ? (byte)0 : (byte)255;
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = (level, (byte)(10 * x), (byte)(15 * y), 255);
        }
        return new Picture(Width, Height, rgba);
    }

    /// <summary>A JPEG that says of its scan that it holds the mean colours alone, and has a second with the details of the first channel; what they show is no matter.</summary>
    private static byte[] Progressive(byte[] jpeg)
    {
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]), scan = jpeg.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]), data = scan + 14;
        byte[] details = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0, .. jpeg[data..^2]];
        return [.. jpeg[..(frame + 1)], 0xC2, .. jpeg[(frame + 2)..(scan + 12)], 0, .. jpeg[(scan + 13)..^2], .. details, .. jpeg[^2..]];
    }

    private static byte[] Deflate(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) { zlib.Write(plain); }
        return packed.ToArray();
    }

    private static byte[] Bmp(short bits, byte[] pixels, int coding = 0)
    {
        const int headers = 54;
        using var bmp = new MemoryStream();
        using var to = new BinaryWriter(bmp);
        byte[] palette = bits == 8 ? [.. Enumerable.Range(0, 256).SelectMany(level => new byte[] { (byte)level, (byte)level, (byte)level, 0 })] : [];
        to.Write("BM"u8);
        to.Write(headers + palette.Length + pixels.Length);
        to.Write(0);
        to.Write(headers + palette.Length);
        to.Write(40);
        to.Write(Width);
        to.Write(Height);
        to.Write((short)1);
        to.Write(bits);
        to.Write(coding);
        to.Write(pixels.Length);
        to.Write(new byte[16]);
        to.Write(palette);
        to.Write(pixels);
        return bmp.ToArray();
    }

    /// <summary>Each pixel a run of one, each row with its end.</summary>
    private static byte[] RunLengths(byte[] levels) => [.. levels.Chunk(Width).SelectMany(row => row.SelectMany(level => new byte[] { 1, level }).Concat(new byte[] { 0, 0 })), 0, 1];

    private static byte[] Gif(byte[] levels)
    {
        byte[] palette = [.. Enumerable.Range(0, 256).SelectMany(level => new[] { (byte)level, (byte)level, (byte)level })];
        byte[] blocks = [.. Lzw(levels, mostSignificantFirst: false).Chunk(255).SelectMany(block => block.Prepend((byte)block.Length))];
        byte[] frame = [0x2C, 0, 0, 0, 0, Width, 0, Height, 0, 0, 8, .. blocks, 0];
        return [.. "GIF89a"u8, Width, 0, Height, 0, 0xF7, 0, 0, .. palette, 0x21, 0xF9, 4, 1, 5, 0, 3, 0, .. frame, .. frame, 0x3B];
    }

    /// <summary>Codes of 9 bits alone: the table is cleared before it would need longer ones.</summary>
    private static byte[] Lzw(byte[] bytes, bool mostSignificantFirst)
    {
        const int clear = 256, end = 257, bitsOfCode = 9, codesOfTable = 200;
        var codes = bytes.Chunk(codesOfTable).SelectMany(run => run.Select(value => (int)value).Prepend(clear)).Append(end).ToList();
        var packed = new byte[(codes.Count * bitsOfCode + 7) / 8];
        for (int bit = 0; bit < codes.Count * bitsOfCode; bit++)
        {
            int place = bit % bitsOfCode, value = codes[bit / bitsOfCode] >> (mostSignificantFirst ? bitsOfCode - 1 - place : place) & 1;
            packed[bit / 8] |= (byte)(value << (mostSignificantFirst ? 7 - bit % 8 : bit % 8));
        }
        return packed;
    }
}
