using System.Buffers.Binary;

namespace Mcdm.Weights.Gguf;

/// <summary>
/// ggml's quantised numbers in blocks of 32 (github.com/ggml-org/ggml, ggml-quants.c): a scale, perhaps a least value, and 4, 5 or 8 bits for each. Of 4 bits
/// the low halves of the bytes are the first 16 numbers, the high halves the others; fifth bits lie by themselves.
/// </summary>
internal static class GgufBlocks
{
    private const int Count = 32, Half = 16;

    /// <summary>Q4_0: d (q − 8).</summary>
    public static void Q4Of0(ReadOnlySpan<byte> blocks, Span<float> numbers) => Nibbles(blocks, numbers, hasLeast: false, hasFifth: false);

    /// <summary>Q4_1: d q + m.</summary>
    public static void Q4Of1(ReadOnlySpan<byte> blocks, Span<float> numbers) => Nibbles(blocks, numbers, hasLeast: true, hasFifth: false);

    /// <summary>Q5_0: d (q − 16).</summary>
    public static void Q5Of0(ReadOnlySpan<byte> blocks, Span<float> numbers) => Nibbles(blocks, numbers, hasLeast: false, hasFifth: true);

    /// <summary>Q5_1: d q + m.</summary>
    public static void Q5Of1(ReadOnlySpan<byte> blocks, Span<float> numbers) => Nibbles(blocks, numbers, hasLeast: true, hasFifth: true);

    /// <summary>Q8_0: d q.</summary>
    public static void Q8Of0(ReadOnlySpan<byte> blocks, Span<float> numbers)
    {
        const int Bytes = 2 + Count;
        for (int block = 0; block < blocks.Length / Bytes; block++)
        {
            var own = blocks.Slice(block * Bytes, Bytes);
            float scale = Scale(own);
            for (int i = 0; i < Count; i++) { numbers[block * Count + i] = scale * (sbyte)own[2 + i]; }
        }
    }

    /// <summary>A number of half precision.</summary>
    public static float Scale(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    private static void Nibbles(ReadOnlySpan<byte> blocks, Span<float> numbers, bool hasLeast, bool hasFifth)
    {
        int head = hasLeast ? 4 : 2, fifths = hasFifth ? 4 : 0, bytes = head + fifths + Half, zero = hasLeast ? 0 : hasFifth ? 16 : 8;
        for (int block = 0; block < blocks.Length / bytes; block++)
        {
            var own = blocks.Slice(block * bytes, bytes);
            float scale = Scale(own), least = hasLeast ? Scale(own[2..]) : 0;
            uint high = hasFifth ? BinaryPrimitives.ReadUInt32LittleEndian(own[head..]) : 0;
            var to = numbers.Slice(block * Count, Count);
            for (int i = 0; i < Half; i++)
            {
                byte both = own[head + fifths + i];
                int first = (both & 0xF) | (int)((high >> i & 1) << 4), second = (both >> 4) | (int)((high >> (i + Half) & 1) << 4);
                to[i] = scale * (first - zero) + least;
                to[i + Half] = scale * (second - zero) + least;
            }
        }
    }
}
