using System.Buffers.Binary;

namespace Mcdm.Imaging;

/// <summary>How a file stores its pixels.</summary>
internal readonly record struct PictureEncoding(int BitsPerChannel = 8, bool IsGreyscale = false, bool IsPalette = false);

/// <summary>A kind of picture file, known by its first bytes.</summary>
internal sealed class PictureFormat
{
    private static readonly PictureFormat[] All =
    [
        new("PNG", b => b.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]), PngEncoding, PngLacksEnd),
        new("JPEG", b => b.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]), JpegEncoding, JpegLacksEnd),
        new("WebP", b => b.Length >= 12 && b.StartsWith("RIFF"u8) && b[8..12].SequenceEqual("WEBP"u8), _ => new(), _ => false),
        new("GIF", b => b.StartsWith("GIF87a"u8) || b.StartsWith("GIF89a"u8), _ => new(IsPalette: true), _ => false),
        new("BMP", IsBmp, BmpEncoding, _ => false),
    ];

    private readonly Test _isOne;
    private readonly Test _lacksEnd;
    private readonly Look _encoding;

    private PictureFormat(string name, Test isOne, Look encoding, Test lacksEnd)
    {
        Name = name;
        _isOne = isOne;
        _encoding = encoding;
        _lacksEnd = lacksEnd;
    }

    private delegate bool Test(ReadOnlySpan<byte> bytes);

    private delegate PictureEncoding Look(ReadOnlySpan<byte> bytes);

    /// <summary>The format's name for people.</summary>
    public string Name { get; }

    /// <summary>The format of a file's bytes; null where it is none of ours.</summary>
    public static PictureFormat? Of(ReadOnlySpan<byte> bytes)
    {
        foreach (PictureFormat format in All)
        {
            if (format._isOne(bytes))
            {
                return format;
            }
        }

        return null;
    }

    /// <summary>How these bytes, which were decoded, store their pixels.</summary>
    public PictureEncoding Encoding(ReadOnlySpan<byte> bytes) => _encoding(bytes);

    /// <summary>Whether the file stops before its format's end mark, although the decoder was content.</summary>
    public bool LacksEnd(ReadOnlySpan<byte> bytes) => _lacksEnd(bytes);

    private static PictureEncoding PngEncoding(ReadOnlySpan<byte> bytes) =>
        new(bytes[24], IsGreyscale: bytes[25] is 0 or 4, IsPalette: bytes[25] == 3);

    private static bool PngLacksEnd(ReadOnlySpan<byte> bytes) => bytes.LastIndexOf("IEND"u8) < 0;

    /// <summary>The frame header (SOF0…SOF15 but DHT, JPG, DAC) tells bits and channels.</summary>
    private static PictureEncoding JpegEncoding(ReadOnlySpan<byte> bytes)
    {
        int at = JpegSegment(bytes, marker => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC));
        return at < 0 || at + 9 >= bytes.Length ? new() : new(bytes[at + 4], IsGreyscale: bytes[at + 9] == 1);
    }

    /// <summary>
    /// A progressive JPEG cut between two scans decodes without complaint, coarsely. The end mark is looked for after the first
    /// scan's header, because a thumbnail before it has one of its own.
    /// </summary>
    private static bool JpegLacksEnd(ReadOnlySpan<byte> bytes)
    {
        int scan = JpegSegment(bytes, marker => marker == 0xDA);
        return scan < 0 || bytes[scan..].LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < 0;
    }

    /// <summary>Where the first segment with such a marker starts; −1 where there is none.</summary>
    private static int JpegSegment(ReadOnlySpan<byte> bytes, Predicate<byte> wanted)
    {
        int at = 2;
        while (at + 3 < bytes.Length && bytes[at] == 0xFF)
        {
            if (wanted(bytes[at + 1]))
            {
                return at;
            }

            at += bytes[at + 1] == 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        }

        return -1;
    }

    private static bool IsBmp(ReadOnlySpan<byte> bytes) => bytes.StartsWith("BM"u8)
        && bytes.Length >= 18 && BinaryPrimitives.ReadInt32LittleEndian(bytes[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124;

    private static PictureEncoding BmpEncoding(ReadOnlySpan<byte> bytes)
    {
        int bits = bytes[14] == 12 ? bytes[24] : bytes[28];
        return new(IsPalette: bits <= 8);
    }
}
