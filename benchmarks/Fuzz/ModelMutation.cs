using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Mcdm.Benchmarks.Fuzz;

/// <summary>Damages files of models, mostly so that what holds them together is right again and a reader reads on: lengths before headers, archives around pickles.</summary>
/// <param name="random">Which way, and where.</param>
/// <param name="seeds">Files that pieces are taken from.</param>
internal sealed partial class ModelMutation(Random random, IReadOnlyList<ModelSeed> seeds)
{
    private const int LengthBytes = 8;

    /// <summary>Bytes that mostly hold a GGUF file's keys and table.</summary>
    private const int Beginning = 2000;

    private static readonly ulong[] s_numbers = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x3FFFFFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF];
    private static readonly string[] s_values =
    [
        "0", "-1", "1", "2", "7", "1.5", "1e400", "-0", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "null", "true", "false", "[]", "{}", "[[]]", "\"\"", "\"x\"",
        "\"\\ud800\"", "[0,0]", "[1,9223372036854775807]", "\"F8_E4M3\"", "\"F64\"", "\"BOOL\"", "\"../x\"", "[1000000,1000000,1000000]", "{\"a\":1,\"a\":2}",
    ];

    /// <summary>The instructions of pickles.</summary>
    private static readonly byte[] s_instructions = [.. "(.0123NKMJGXUTCBtaesubqrhjcRQ)]}"u8, .. Enumerable.Range(0x80, 0x19).Select(value => (byte)value)];

    /// <summary>A damaged copy of a file.</summary>
    public byte[] Of(ModelSeed seed) => seed.Container switch
    {
        "zip" when random.Next(4) > 0 => Archive(seed.Bytes),
        "safetensors" when random.Next(4) > 0 => Header(seed.Bytes),
        "gguf" when random.Next(4) > 0 => [.. Changed(seed.Bytes[..Math.Min(seed.Bytes.Length, Beginning)], ChangeBytes), .. seed.Bytes[Math.Min(seed.Bytes.Length, Beginning)..]],
        "index" or "config" or "folder" => Changed(seed.Bytes, ChangeText),
        _ => Changed(seed.Bytes, ChangeBytes),
    };

    private byte[] Changed(byte[] bytes, Func<byte[], byte[]> change)
    {
        // Mostly one: the first that matters hides the others.
        for (int changes = Math.Max(1, random.Next(-4, 4)); changes > 0; changes--) { bytes = change(bytes); }
        return bytes;
    }

    /// <summary>Mostly the pickle is damaged and the archive is whole around it, at times packed.</summary>
    private byte[] Archive(byte[] bytes)
    {
        using var damaged = new MemoryStream();
        try
        {
            using var from = new ZipArchive(new MemoryStream(bytes));
            using var to = new ZipArchive(damaged, ZipArchiveMode.Create, leaveOpen: true);
            int chosen = random.Next(5) == 0 ? random.Next(from.Entries.Count) : 0;
            for (int i = 0; i < from.Entries.Count; i++)
            {
                using var content = new MemoryStream();
                using (var source = from.Entries[i].Open()) { source.CopyTo(content); }
                using var target = to.CreateEntry(from.Entries[i].FullName, random.Next(8) == 0 ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
                target.Write(i == chosen ? Changed(content.ToArray(), ChangeBytes) : content.ToArray());
            }
        }
        catch (InvalidDataException)
        {
            return Changed(bytes, ChangeBytes);
        }
        return damaged.ToArray();
    }

    /// <summary>The header of safetensors is damaged, and mostly its length is right.</summary>
    private byte[] Header(byte[] bytes)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        byte[] header = Changed(bytes[LengthBytes..(LengthBytes + length)], ChangeText), told = bytes[..LengthBytes];
        if (random.Next(8) > 0) { BinaryPrimitives.WriteInt64LittleEndian(told, header.Length); }
        return [.. told, .. header, .. bytes[(LengthBytes + length)..]];
    }

    private byte[] ChangeBytes(byte[] bytes)
    {
        if (bytes.Length == 0) { return bytes; }
        switch (random.Next(8))
        {
            case 0: return bytes[..random.Next(bytes.Length + 1)];
            case 1: return Splice(bytes, bytes);
            case 2: return Splice(bytes, seeds[random.Next(seeds.Count)].Bytes);
            case 3: return Repeat(bytes);
            case 4 or 5:
                bytes = [.. bytes];
                var number = new byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(number, s_numbers[random.Next(s_numbers.Length)]);
                int at = random.Next(bytes.Length);
                number.AsSpan(0, Math.Min(1 << random.Next(4), bytes.Length - at)).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 6:
                bytes = [.. bytes];
                bytes[random.Next(bytes.Length)] = s_instructions[random.Next(s_instructions.Length)];
                return bytes;
            default:
                bytes = [.. bytes];
                for (int flips = random.Next(1, 9); flips > 0; flips--) { bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); }
                return bytes;
        }
    }

    private byte[] ChangeText(byte[] bytes)
    {
        if (random.Next(10) == 0) { return ChangeBytes(bytes); }
        string text = Encoding.Latin1.GetString(bytes);
        var tokens = Token().Matches(text);
        if (tokens.Count == 0) { return ChangeBytes(bytes); }
        Match token = tokens[random.Next(tokens.Count)], other = tokens[random.Next(tokens.Count)];
        string value = random.Next(4) switch
        {
            0 => other.Value,
            1 when random.Next(4) == 0 => new string('[', random.Next(1, 10_000)),
            _ => s_values[random.Next(s_values.Length)],
        };
        return Encoding.Latin1.GetBytes(text[..token.Index] + value + text[(token.Index + token.Length)..]);
    }

    /// <summary>Puts a piece of a file over, or into, another.</summary>
    private byte[] Splice(byte[] bytes, byte[] from)
    {
        if (from.Length == 0) { return bytes; }
        int start = random.Next(from.Length), length = random.Next(1, Math.Min(400, from.Length - start) + 1), at = random.Next(bytes.Length + 1);
        int after = random.Next(2) == 0 ? at : Math.Min(bytes.Length, at + random.Next(400));
        return [.. bytes[..at], .. from[start..(start + length)], .. bytes[after..]];
    }

    /// <summary>A piece many times: what nests or piles up does so a thousand times.</summary>
    private byte[] Repeat(byte[] bytes)
    {
        int at = random.Next(bytes.Length), length = random.Next(1, Math.Min(40, bytes.Length - at) + 1), times = 1 << random.Next(1, 13);
        return [.. bytes[..at], .. Enumerable.Repeat(bytes[at..(at + length)], times).SelectMany(piece => piece), .. bytes[(at + length)..]];
    }

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null
        """, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
