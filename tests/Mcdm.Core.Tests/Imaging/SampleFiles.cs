using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Mcdm.Imaging;
using SkiaSharp;

namespace Mcdm.Core.Tests.Imaging;

/// <summary>A temporary folder, and picture files made without the code under test.</summary>
public sealed class SampleFiles : IDisposable
{
    public SampleFiles() => Folder = Directory.CreateTempSubdirectory("mcdm-imaging-").FullName;

    public string Folder { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A PNG of raw rows (without filter bytes), 8 or 16 bits a channel.</summary>
    public static byte[] Png(int width, int height, byte bits, byte colorType, byte[] rows, params (string Type, byte[] Data)[] before)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bits, colorType);

        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            int stride = height == 0 ? 0 : rows.Length / height;
            for (int y = 0; y < height && stride > 0; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(rows, y * stride, stride);
            }
        }

        using MemoryStream png = new();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        Chunk(png, "IHDR", header);
        foreach ((string type, byte[] data) in before)
        {
            Chunk(png, type, data);
        }

        Chunk(png, "IDAT", packed.ToArray());
        Chunk(png, "IEND", []);
        return png.ToArray();
    }

    /// <summary>Four flat quarters: red, green above; blue, white below.</summary>
    public static Picture Quarters(int width, int height)
    {
        var rgba = new byte[4 * width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (byte, byte, byte) color = (x < width / 2, y < height / 2) switch
                {
                    (true, true) => (255, 0, 0),
                    (false, true) => (0, 255, 0),
                    (true, false) => (0, 0, 255),
                    _ => (255, 255, 255),
                };
                int i = 4 * ((y * width) + x);
                (rgba[i], rgba[i + 1], rgba[i + 2]) = color;
                rgba[i + 3] = 255;
            }
        }

        return new Picture(width, height, rgba);
    }

    public static byte[] Encode(Picture picture, SKEncodedImageFormat format, int quality = 100)
    {
        using SKImage image = SKImage.FromPixelCopy(
            new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul), picture.Rgba);
        using SKData data = image.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>Puts an EXIF segment that holds only the orientation at the start of a JPEG.</summary>
    public static byte[] WithOrientation(byte[] jpeg, byte orientation) => [.. jpeg[..2], 0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. Exif(orientation), .. jpeg[2..]];

    /// <summary>Puts an eXIf chunk that holds only the orientation behind a PNG's header.</summary>
    public static byte[] WithPngOrientation(byte[] png, byte orientation, bool marked = false)
    {
        const int headerEnd = 33;
        using MemoryStream chunk = new();
        Chunk(chunk, "eXIf", [.. marked ? "Exif\0\0"u8 : [], .. Exif(orientation)]);
        return [.. png[..headerEnd], .. chunk.ToArray(), .. png[headerEnd..]];
    }

    /// <summary>Makes a simple WebP an extended one, which holds its orientation.</summary>
    public static byte[] WithWebpOrientation(byte[] webp, int width, int height, byte orientation, bool marked = false)
    {
        byte[] exif = [.. marked ? "Exif\0\0"u8 : [], .. Exif(orientation)];
        byte[] extended =
        [
            .. "VP8X"u8, 10, 0, 0, 0, 0x08, 0, 0, 0, (byte)(width - 1), 0, 0, (byte)(height - 1), 0, 0,
            .. webp[12..], .. "EXIF"u8, (byte)exif.Length, 0, 0, 0, .. exif,
        ];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(extended.Length + 4), .. "WEBP"u8, .. extended];
    }

    /// <summary>A TIFF of one strip of RGB: header, directory, strip; not compressed where no other coding and its data are given.</summary>
    public static byte[] Tiff(Picture picture, ushort orientation, bool littleEndian, ushort coding = 1, byte[]? data = null)
    {
        data ??= [.. picture.Rgba.Where((_, i) => i % 4 != 3)];
        (ushort Tag, ushort Type, int Value)[] tags =
        [
            (256, 4, picture.Width), (257, 4, picture.Height), (258, 3, 0), (259, 3, coding), (262, 3, 2), (273, 4, 0), (274, 3, orientation), (277, 3, 3),
            (278, 4, picture.Height), (279, 4, data.Length),
        ];
        int bits = 8 + 2 + (12 * tags.Length) + 4, strip = bits + 6;
        using MemoryStream tiff = new();
        tiff.Write(littleEndian ? "II"u8 : "MM"u8);
        Number(42, 2);
        Number(8, 4);
        Number(tags.Length, 2);
        foreach ((ushort tag, ushort type, int value) in tags)
        {
            Number(tag, 2);
            Number(type, 2);
            // Bits of three samples do not fit beside the tag; there it says where they are.
            Number(tag == 258 ? 3 : 1, 4);
            bool isShort = type == 3 && tag != 258;
            Number(tag switch { 258 => bits, 273 => strip, _ => value }, isShort ? 2 : 4);
            if (isShort) { Number(0, 2); }
        }
        Number(0, 4);
        for (int i = 0; i < 3; i++) { Number(8, 2); }
        tiff.Write(data);
        return tiff.ToArray();

        void Number(int value, int size)
        {
            byte[] bytes = BitConverter.GetBytes(value)[..size];
            tiff.Write(littleEndian ? bytes : [.. bytes.Reverse()]);
        }
    }

    /// <summary>A TIFF of one strip of pixels of two samples, grey and another, as bytes or as numbers of two bytes.</summary>
    public static byte[] GreyAlphaTiff(int width, int height, int[] samples, int bits, bool littleEndian, int photometric, int predictor, int extra)
    {
        (int Tag, int Value)[] tags =
        [
            (256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 8 + 2 + 12 * 12 + 4), (277, 2), (278, height), (279, samples.Length * bits / 8), (284, 1),
            (317, predictor), (338, extra),
        ];
        using MemoryStream tiff = new();
        tiff.Write(littleEndian ? "II"u8 : "MM"u8);
        Number(42, 2);
        Number(8, 4);
        Number(tags.Length, 2);
        foreach ((int tag, int value) in tags)
        {
            Number(tag, 2);
            Number(3, 2);
            Number(tag == 258 ? 2 : 1, 4);
            Number(value, 2);
            Number(tag == 258 ? value : 0, 2);
        }
        Number(0, 4);
        for (int i = 0; i < samples.Length; i++) { Number(predictor == 2 && i % (2 * width) >= 2 ? samples[i] - samples[i - 2] : samples[i], bits / 8); }
        return tiff.ToArray();

        void Number(int value, int size)
        {
            byte[] bytes = BitConverter.GetBytes(value)[..size];
            tiff.Write(littleEndian ? bytes : [.. bytes.Reverse()]);
        }
    }

    /// <summary>An animated WebP of still ones, each with the place where it lies.</summary>
    public static byte[] AnimatedWebp(int width, int height, params (int X, int Y, Picture Picture)[] frames)
    {
        using MemoryStream chunks = new();
        chunks.Write([.. "WEBPVP8X"u8, 10, 0, 0, 0, 0x12, 0, 0, 0, .. Three(width - 1), .. Three(height - 1), .. "ANIM"u8, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        foreach ((int x, int y, Picture picture) in frames)
        {
            byte[] still = Encode(picture, SKEncodedImageFormat.Webp)[12..];
            chunks.Write([.. "ANMF"u8, .. BitConverter.GetBytes(16 + still.Length), .. Three(x / 2), .. Three(y / 2), .. Three(picture.Width - 1), .. Three(picture.Height - 1), 200, 0, 0, 0, .. still]);
        }
        return [.. "RIFF"u8, .. BitConverter.GetBytes((int)chunks.Length), .. chunks.ToArray()];

        static byte[] Three(int number) => BitConverter.GetBytes(number)[..3];
    }

    /// <summary>A directory with the orientation alone.</summary>
    private static byte[] Exif(byte orientation) => [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];

    public static (byte Red, byte Green, byte Blue, byte Alpha) At(Picture picture, int x, int y)
    {
        int i = 4 * ((y * picture.Width) + x);
        return (picture.Rgba[i], picture.Rgba[i + 1], picture.Rgba[i + 2], picture.Rgba[i + 3]);
    }

    /// <summary>The check sum of PNG chunks, CRC-32.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }

    private static void Chunk(Stream to, string type, byte[] data)
    {
        byte[] typed = [.. Encoding.ASCII.GetBytes(type), .. data];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        to.Write(number);
        to.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(typed));
        to.Write(number);
    }
}
