using System.Buffers.Binary;
using System.IO.Compression;

namespace Mcdm.Imaging.Files;

/// <summary>
/// The chunks of a PNG file (W3C PNG, third edition, 5.3): which of them are whole, and whether their texts unpack to more than there is memory.
/// </summary>
internal static class PngChunks
{
    private const int SignatureLength = 8, TypeLength = 4;

    /// <summary>Length, type and check sum.</summary>
    private const int FrameLength = 12;

    /// <summary>Texts that unpack to more are passed over.</summary>
    private const int MaxUnpacked = 16 << 20;

    /// <summary>Where the last whole chunk ends, and whether that is the file's end mark.</summary>
    public static (int Length, bool HasEnd) Whole(ReadOnlySpan<byte> file)
    {
        int at = Math.Min(SignatureLength, file.Length);
        while (Next(file, at) is { } next)
        {
            if (file.Slice(at + 4, TypeLength).SequenceEqual("IEND"u8)) { return (next, true); }
            at = next;
        }
        return (at, false);
    }

    /// <summary>Whether a file has a chunk of a type.</summary>
    public static bool Has(ReadOnlySpan<byte> file, ReadOnlySpan<byte> type)
    {
        for (int at = SignatureLength; Next(file, at) is { } next; at = next)
        {
            if (file.Slice(at + 4, TypeLength).SequenceEqual(type)) { return true; }
        }
        return false;
    }

    /// <summary>Whether compressed texts unpack to more than 16 MiB together, which the image library would do without a limit.</summary>
    public static bool Explode(byte[] file)
    {
        long unpacked = 0;
        for (int at = SignatureLength; unpacked <= MaxUnpacked && Next(file, at) is { } next; at = next)
        {
            int end = next - 4;
            if (PackedAt(file.AsSpan(at + 4, TypeLength), file.AsSpan(0, end), at + 4 + TypeLength) is { } start)
            {
                unpacked += Unpacked(new MemoryStream(file, start, end - start));
            }
        }
        return unpacked > MaxUnpacked;
    }

    /// <summary>
    /// Where the packed data of a text start, in the file up to the chunk's check sum: after a keyword, 0 and the method (11.3.3); null where nothing
    /// is packed.
    /// </summary>
    private static int? PackedAt(ReadOnlySpan<byte> type, ReadOnlySpan<byte> file, int body)
    {
        int keyword = AfterZero(file, body);
        if (type.SequenceEqual("zTXt"u8)) { return Math.Min(keyword + 1, file.Length); }
        // A flag, the method, a language, 0, the keyword in it, 0.
        return type.SequenceEqual("iTXt"u8) && keyword + 2 < file.Length && file[keyword] == 1 ? AfterZero(file, AfterZero(file, keyword + 2)) : null;
    }

    private static int AfterZero(ReadOnlySpan<byte> file, int at) => file[at..].IndexOf((byte)0) is >= 0 and var zero ? at + zero + 1 : file.Length;

    /// <summary>Bytes that data unpack to, up to a little over the limit or to where they are damaged.</summary>
    private static long Unpacked(Stream packed)
    {
        using ZLibStream unpacking = new(packed, CompressionMode.Decompress);
        var buffer = new byte[65536];
        long sum = 0;
        try
        {
            for (int count; sum <= MaxUnpacked && (count = unpacking.Read(buffer)) > 0; sum += count) { }
        }
        catch (InvalidDataException)
        {
            // What came before counts.
        }
        return sum;
    }

    /// <summary>Where the chunk after that at a place starts; null where there is no whole one.</summary>
    private static int? Next(ReadOnlySpan<byte> file, int at)
    {
        if (file.Length - at < FrameLength) { return null; }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
        return length > file.Length - at - FrameLength ? null : at + FrameLength + (int)length;
    }
}
