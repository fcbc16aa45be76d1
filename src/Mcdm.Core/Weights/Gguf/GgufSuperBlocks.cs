namespace Mcdm.Weights.Gguf;

/// <summary>
/// ggml's quantised numbers in blocks of 256 (K-quants; github.com/ggml-org/ggml, ggml-quants.c): a scale, and perhaps a least value, of half precision, and
/// 8 or 16 small parts whose own are of 4, 6 or 8 bits.
/// </summary>
internal static class GgufSuperBlocks
{
    private const int Count = 256, Part = 16, Wide = 32, Run = 128;

    private delegate void One(ReadOnlySpan<byte> block, Span<float> numbers);

    /// <summary>Q2_K: 16 scales and least values of 4 bits, 64 bytes of four numbers each, d, d of the least values.</summary>
    public static void Q2(ReadOnlySpan<byte> blocks, Span<float> numbers) => Each(blocks, numbers, 84, static (block, to) =>
    {
        ReadOnlySpan<byte> scales = block[..16], bits = block.Slice(16, 64);
        float d = GgufBlocks.Scale(block[80..]), least = GgufBlocks.Scale(block[82..]);
        for (int part = 0; part < Count / Part; part++)
        {
            var (at, shift) = Quarter(part);
            float scale = d * (scales[part] & 0xF), minimum = least * (scales[part] >> 4);
            for (int i = 0; i < Part; i++) { to[part * Part + i] = scale * (bits[at + i] >> shift & 3) - minimum; }
        }
    });

    /// <summary>Q3_K: 32 bytes of third bits, 64 bytes of four numbers each, 16 scales of 6 bits in 12 bytes, d.</summary>
    public static void Q3(ReadOnlySpan<byte> blocks, Span<float> numbers) => Each(blocks, numbers, 110, static (block, to) =>
    {
        ReadOnlySpan<byte> third = block[..32], bits = block.Slice(32, 64), packed = block.Slice(96, 12);
        float d = GgufBlocks.Scale(block[108..]);
        for (int part = 0; part < Count / Part; part++)
        {
            var (at, shift) = Quarter(part);
            int low = part < 8 ? packed[part] & 0xF : packed[part - 8] >> 4, high = packed[8 + part % 4] >> (2 * (part / 4)) & 3;
            float scale = d * ((low | high << 4) - 32);
            for (int i = 0; i < Part; i++)
            {
                bool set = (third[part % 2 * Part + i] >> part / 2 & 1) != 0;
                to[part * Part + i] = scale * ((bits[at + i] >> shift & 3) - (set ? 0 : 4));
            }
        }
    });

    /// <summary>Q4_K: d, d of the least values, 8 scales and least values of 6 bits in 12 bytes, 128 bytes of two numbers each.</summary>
    public static void Q4(ReadOnlySpan<byte> blocks, Span<float> numbers) =>
        Each(blocks, numbers, 144, static (block, to) => Wides(block, default, block[16..], to));

    /// <summary>Q5_K: as Q4_K, with 32 bytes of fifth bits before the others.</summary>
    public static void Q5(ReadOnlySpan<byte> blocks, Span<float> numbers) =>
        Each(blocks, numbers, 176, static (block, to) => Wides(block, block.Slice(16, 32), block[48..], to));

    /// <summary>Q6_K: 128 bytes of lower halves, 64 bytes of upper bits, 16 scales of 8 bits, d.</summary>
    public static void Q6(ReadOnlySpan<byte> blocks, Span<float> numbers) => Each(blocks, numbers, 210, static (block, to) =>
    {
        ReadOnlySpan<byte> low = block[..128], high = block.Slice(128, 64), scales = block.Slice(192, 16);
        float d = GgufBlocks.Scale(block[208..]);
        for (int i = 0; i < Count; i++)
        {
            int run = i / Run, within = i % Run, quarter = within / Wide, place = within % Wide;
            int lower = low[run * 64 + quarter % 2 * Wide + place] >> (quarter < 2 ? 0 : 4) & 0xF;
            int upper = high[run * Wide + place] >> (2 * quarter) & 3;
            to[i] = d * (sbyte)scales[i / Part] * ((lower | upper << 4) - 32);
        }
    });

    private static void Wides(ReadOnlySpan<byte> block, ReadOnlySpan<byte> fifth, ReadOnlySpan<byte> bits, Span<float> to)
    {
        float d = GgufBlocks.Scale(block), least = GgufBlocks.Scale(block[2..]);
        var packed = block.Slice(4, 12);
        for (int part = 0; part < Count / Wide; part++)
        {
            // The last four take their lower bits from the end, and their upper ones from the tops of the first eight bytes.
            int scale = part < 4 ? packed[part] & 63 : (packed[part + 4] & 0xF) | packed[part - 4] >> 6 << 4;
            int minimum = part < 4 ? packed[part + 4] & 63 : packed[part + 4] >> 4 | packed[part] >> 6 << 4;
            float factor = d * scale, off = least * minimum;
            for (int i = 0; i < Wide; i++)
            {
                int number = bits[part / 2 * Wide + i] >> (part % 2 * 4) & 0xF;
                if (!fifth.IsEmpty && (fifth[i] >> part & 1) != 0) { number += 16; }
                to[part * Wide + i] = factor * number - off;
            }
        }
    }

    /// <summary>Where the two bits of a part's numbers are: each byte of a run of 32 has one of four parts.</summary>
    private static (int At, int Shift) Quarter(int part) => (part / 8 * Wide + part % 2 * Part, part % 8 / 2 * 2);

    private static void Each(ReadOnlySpan<byte> blocks, Span<float> numbers, int bytes, One one)
    {
        for (int block = 0; block < blocks.Length / bytes; block++) { one(blocks.Slice(block * bytes, bytes), numbers.Slice(block * Count, Count)); }
    }
}
