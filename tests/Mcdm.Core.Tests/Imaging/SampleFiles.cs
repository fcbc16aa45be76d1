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
    public static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    public static (byte Red, byte Green, byte Blue, byte Alpha) At(Picture picture, int x, int y)
    {
        int i = 4 * ((y * picture.Width) + x);
        return (picture.Rgba[i], picture.Rgba[i + 1], picture.Rgba[i + 2], picture.Rgba[i + 3]);
    }

    private static void Chunk(Stream to, string type, byte[] data)
    {
        byte[] typed = [.. Encoding.ASCII.GetBytes(type), .. data];
        uint crc = 0xFFFFFFFF;
        foreach (byte value in typed)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        to.Write(number);
        to.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        to.Write(number);
    }
}
