using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Mcdm.Imaging;

/// <summary>Text chunks of PNG files (W3C PNG, third edition, 5.3 and 11.3.3).</summary>
internal static class PngText
{
    private const int SignatureLength = 8;

    /// <summary>Length, type and check sum.</summary>
    private const int ChunkFrame = 12;

    /// <summary>A compressed text that unpacks to more is left out.</summary>
    private const int MaxUnpacked = 16 << 20;

    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>Puts texts as iTXt chunks, UTF-8, not compressed, before the pixels.</summary>
    public static byte[] Insert(byte[] png, IReadOnlyDictionary<string, string> text)
    {
        int at = SignatureLength;
        while (!Type(png, at).SequenceEqual("IDAT"u8))
        {
            at += ChunkFrame + Length(png, at);
        }

        using MemoryStream result = new();
        result.Write(png, 0, at);
        foreach ((string keyword, string value) in text)
        {
            // Keyword, 0; not compressed: 0, 0; no language: 0; no translated keyword: 0; the text.
            CheckText(keyword, value);
            byte[] body = [.. "iTXt"u8, .. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(value)];
            WriteNumber(result, (uint)body.Length - 4);
            result.Write(body);
            WriteNumber(result, Crc(body));
        }

        result.Write(png, at, png.Length - at);
        return result.ToArray();
    }

    /// <summary>Reads texts from the bytes of any file; a keyword's first text counts.</summary>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> file)
    {
        Dictionary<string, string> text = [];
        if (PictureFormat.Of(file) is not { Name: "PNG" })
        {
            return text;
        }

        for (int at = SignatureLength; at + ChunkFrame <= file.Length; at += ChunkFrame + Length(file, at))
        {
            int length = Length(file, at);
            if (length < 0 || length > file.Length - at - ChunkFrame)
            {
                break;
            }

            if (ReadChunk(Type(file, at), file.Slice(at + 8, length)) is var (keyword, value))
            {
                text.TryAdd(keyword, value);
            }
        }

        return text;
    }

    private static (string Keyword, string Value)? ReadChunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        int end = data.IndexOf((byte)0);
        if (end < 1)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = data[(end + 1)..];
        string? value = null;
        if (type.SequenceEqual("tEXt"u8))
        {
            value = Encoding.Latin1.GetString(rest);
        }
        else if (type.SequenceEqual("zTXt"u8) && rest.Length > 1)
        {
            value = Unpack(rest[1..], Encoding.Latin1);
        }
        else if (type.SequenceEqual("iTXt"u8) && rest.Length > 2)
        {
            bool packed = rest[0] == 1;
            rest = AfterZero(AfterZero(rest[2..]));
            value = packed ? Unpack(rest, Encoding.UTF8) : Encoding.UTF8.GetString(rest);
        }

        return value is null ? null : (Encoding.Latin1.GetString(data[..end]), value);
    }

    private static ReadOnlySpan<byte> AfterZero(ReadOnlySpan<byte> data) => data[(data.IndexOf((byte)0) + 1)..];

    private static string? Unpack(ReadOnlySpan<byte> data, Encoding encoding)
    {
        try
        {
            using ZLibStream unpacked = new(new MemoryStream(data.ToArray()), CompressionMode.Decompress);
            using MemoryStream plain = new();
            var buffer = new byte[8192];
            for (int count; (count = unpacked.Read(buffer)) > 0;)
            {
                plain.Write(buffer, 0, count);
                if (plain.Length > MaxUnpacked)
                {
                    return null;
                }
            }

            return encoding.GetString(plain.GetBuffer(), 0, (int)plain.Length);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void CheckText(string keyword, string value)
    {
        bool keywordFits = keyword.Length is >= 1 and <= 79 && keyword.Trim() == keyword
            && keyword.All(c => c is (>= ' ' and <= '~') or (>= '\u00A1' and <= '\u00FF'));
        if (!keywordFits || value.Contains('\0', StringComparison.Ordinal))
        {
            throw new McdmException("PngTextInvalid", ErrorKind.InvalidArgument,
                $"The text '{keyword}' cannot be stored in a PNG file; its keyword must be 1 to 79 Latin-1 characters "
                + "without spaces around it, and the text must not hold the character 0.");
        }
    }

    private static int Length(ReadOnlySpan<byte> png, int at) => BinaryPrimitives.ReadInt32BigEndian(png[at..]);

    private static ReadOnlySpan<byte> Type(ReadOnlySpan<byte> png, int at) => png.Slice(at + 4, 4);

    private static void WriteNumber(MemoryStream to, uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        to.Write(bytes);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in bytes)
        {
            crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint entry = i;
            for (int bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ 0xEDB88320;
            }

            table[i] = entry;
        }

        return table;
    }
}
