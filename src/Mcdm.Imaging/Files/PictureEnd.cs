using System.Buffers.Binary;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;

namespace Mcdm.Imaging.Files;

/// <summary>Finds WebP, GIF, BMP and TIFF files that are cut short: the image library completes them in one colour without a word.</summary>
internal static class PictureEnd
{
    /// <summary>Whether a file stops before the end of the picture that was decoded from it.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> bytes, IImageFormat format, Image image) => format switch
    {
        WebpFormat => BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) > bytes.Length - 8,
        GifFormat => OfGifFrame(bytes) > bytes.Length,
        BmpFormat => BmpEnd(bytes, image) > bytes.Length,
        TiffFormat => TiffEnd(image.Frames.RootFrame.Metadata.ExifProfile) > bytes.Length,
        _ => false,
    };

    /// <summary>Where a frame of a GIF ends, past the file's end where that is cut short or there is none.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="after">Where the frame before it ends; null for the first.</param>
    public static int OfGifFrame(ReadOnlySpan<byte> bytes, int? after = null)
    {
        const byte extension = 0x21, frame = 0x2C;
        int at = after ?? 13 + GifPalette(bytes[10]);
        while (at < bytes.Length - 10)
        {
            if (bytes[at] == frame) { return GifBlocksEnd(bytes, at + 11 + GifPalette(bytes[at + 9])); }
            at = bytes[at] == extension ? GifBlocksEnd(bytes, at + 2) : at + 1;
        }
        return int.MaxValue;
    }

    private static int GifPalette(byte flags) => (flags & 0x80) == 0 ? 0 : 6 << (flags & 7);

    /// <summary>The place after blocks that each start with their length, of which the last has none.</summary>
    private static int GifBlocksEnd(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length && bytes[at] != 0) { at += 1 + bytes[at]; }
        return at + 1;
    }

    /// <summary>
    /// Where a BMP's pixels end: run-length coded ones where the header says that the file does. The last row may lack what fills it to four bytes.
    /// </summary>
    private static long BmpEnd(ReadOnlySpan<byte> bytes, Image image)
    {
        const int runLength8 = 1, runLength4 = 2, coreHeader = 12;
        bool isCoded = BinaryPrimitives.ReadInt32LittleEndian(bytes[14..]) != coreHeader
            && BinaryPrimitives.ReadInt32LittleEndian(bytes[30..]) is runLength8 or runLength4;
        if (isCoded) { return BinaryPrimitives.ReadUInt32LittleEndian(bytes[2..]); }
        long bits = (long)image.Width * (int)image.Metadata.GetBmpMetadata().BitsPerPixel, row = (bits + 31) / 32 * 4;
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]) + row * (image.Height - 1) + (bits + 7) / 8;
    }

    /// <summary>Where the last strip of a TIFF's first picture ends.</summary>
    private static long TiffEnd(ExifProfile? tags)
    {
        var starts = tags?.GetValue(ExifTag.StripOffsets)?.Value ?? [];
        var lengths = tags?.GetValue(ExifTag.StripByteCounts)?.Value ?? [];
        return starts.Zip(lengths, (start, length) => (long)(uint)start + (uint)length).DefaultIfEmpty().Max();
    }
}
