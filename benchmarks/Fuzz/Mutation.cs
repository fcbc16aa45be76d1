using System.Buffers.Binary;
using Mcdm.Core.Tests.Imaging;

namespace Mcdm.Benchmarks.Fuzz;

/// <summary>Damages a file the ways that files are damaged, by chance or on purpose.</summary>
/// <param name="random">Which way, and where.</param>
/// <param name="others">Files that pieces are taken from.</param>
internal sealed class Mutation(Random random, IReadOnlyList<byte[]> others)
{
    /// <summary>Within these first bytes lie most of what a decoder believes: sizes, counts, codings.</summary>
    private const int HeaderLength = 80;

    private static readonly uint[] s_numbers = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF];

    /// <summary>One to three changes; of a PNG, the check sums are mostly made right again, so that decoders read on.</summary>
    public byte[] Of(byte[] file)
    {
        for (int changes = random.Next(1, 4); changes > 0; changes--) { file = Change(file); }
        if (random.Next(4) > 0) { MendChecks(file); }
        return file;
    }

    private byte[] Change(byte[] file) => random.Next(6) switch
    {
        0 => file[..random.Next(file.Length + 1)],
        1 => Splice(file, file),
        2 => Splice(file, others[random.Next(others.Count)]),
        3 or 4 => EditHeader([.. file]),
        _ => Flip([.. file]),
    };

    private byte[] Flip(byte[] file)
    {
        for (int flips = file.Length == 0 ? 0 : random.Next(1, 9); flips > 0; flips--) { file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8)); }
        return file;
    }

    /// <summary>Writes a number that is on the edge of something over 1, 2 or 4 bytes, in either order.</summary>
    private byte[] EditHeader(byte[] file)
    {
        uint number = s_numbers[random.Next(s_numbers.Length)];
        var bytes = new byte[4];
        if (random.Next(2) == 0) { BinaryPrimitives.WriteUInt32BigEndian(bytes, number); } else { BinaryPrimitives.WriteUInt32LittleEndian(bytes, number); }
        int size = 1 << random.Next(3), at = random.Next(Math.Max(1, Math.Min(HeaderLength, file.Length) - size));
        var part = BitConverter.IsLittleEndian && bytes[0] != 0 ? bytes.AsSpan(0, size) : bytes.AsSpan(4 - size);
        if (at + size <= file.Length) { part.CopyTo(file.AsSpan(at)); }
        return file;
    }

    /// <summary>Puts a piece of a file over, or into, another.</summary>
    private byte[] Splice(byte[] file, byte[] from)
    {
        if (from.Length == 0) { return file; }
        int start = random.Next(from.Length), length = random.Next(1, Math.Min(200, from.Length - start) + 1), at = random.Next(file.Length + 1);
        int after = random.Next(2) == 0 ? at : Math.Min(file.Length, at + random.Next(200));
        return [.. file[..at], .. from[start..(start + length)], .. file[after..]];
    }

    private static void MendChecks(byte[] file)
    {
        const int signature = 8, frame = 12;
        if (!file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])) { return; }
        for (int at = signature; file.Length - at >= frame;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - frame) { return; }
            int end = at + frame - 4 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(end), SampleFiles.Crc(file.AsSpan(at + 4, end - at - 4)));
            at = end + 4;
        }
    }
}
