using static TorchSharp.torch;

namespace Mcdm.Weights.Gguf;

/// <summary>How a GGUF file stores numbers: in blocks of some elements and some bytes.</summary>
/// <param name="Name">Its name, as in ggml.</param>
/// <param name="Elements">Elements of a block.</param>
/// <param name="Bytes">Bytes of a block.</param>
/// <param name="Read">The type that is read: float32 for what is quantised.</param>
/// <param name="Widen">Makes float32 of whole blocks; null where the bytes are the numbers themselves.</param>
internal sealed record GgufType(string Name, int Elements, int Bytes, ScalarType Read, GgufType.Blocks? Widen = null)
{
    /// <summary>Makes numbers of blocks.</summary>
    public delegate void Blocks(ReadOnlySpan<byte> blocks, Span<float> numbers);

    private const int Short = 32, Long = 256;

    private static readonly Dictionary<uint, GgufType> s_read = new()
    {
        [0] = new("F32", 1, 4, ScalarType.Float32),
        [1] = new("F16", 1, 2, ScalarType.Float16),
        [2] = new("Q4_0", Short, 18, ScalarType.Float32, GgufBlocks.Q4Of0),
        [3] = new("Q4_1", Short, 20, ScalarType.Float32, GgufBlocks.Q4Of1),
        [6] = new("Q5_0", Short, 22, ScalarType.Float32, GgufBlocks.Q5Of0),
        [7] = new("Q5_1", Short, 24, ScalarType.Float32, GgufBlocks.Q5Of1),
        [8] = new("Q8_0", Short, 34, ScalarType.Float32, GgufBlocks.Q8Of0),
        [10] = new("Q2_K", Long, 84, ScalarType.Float32, GgufSuperBlocks.Q2),
        [11] = new("Q3_K", Long, 110, ScalarType.Float32, GgufSuperBlocks.Q3),
        [12] = new("Q4_K", Long, 144, ScalarType.Float32, GgufSuperBlocks.Q4),
        [13] = new("Q5_K", Long, 176, ScalarType.Float32, GgufSuperBlocks.Q5),
        [14] = new("Q6_K", Long, 210, ScalarType.Float32, GgufSuperBlocks.Q6),
        [24] = new("I8", 1, 1, ScalarType.Int8),
        [25] = new("I16", 1, 2, ScalarType.Int16),
        [26] = new("I32", 1, 4, ScalarType.Int32),
        [27] = new("I64", 1, 8, ScalarType.Int64),
        [28] = new("F64", 1, 8, ScalarType.Float64),
        [30] = new("BF16", 1, 2, ScalarType.BFloat16),
    };

    /// <summary>Types of the format that are not read.</summary>
    private static readonly Dictionary<uint, string> s_others = new()
    {
        [9] = "Q8_1", [15] = "Q8_K", [16] = "IQ2_XXS", [17] = "IQ2_XS", [18] = "IQ3_XXS", [19] = "IQ1_S", [20] = "IQ4_NL", [21] = "IQ3_S", [22] = "IQ2_S",
        [23] = "IQ4_XS", [29] = "IQ1_M", [34] = "TQ1_0", [35] = "TQ2_0", [39] = "MXFP4", [40] = "NVFP4",
    };

    /// <summary>The names of those that are read, for messages.</summary>
    public static string Known => string.Join(", ", s_read.Values.Select(type => type.Name));

    /// <summary>The type of a number; null where it is not read.</summary>
    public static GgufType? Of(uint number) => s_read.GetValueOrDefault(number);

    /// <summary>What a number that is not read stands for.</summary>
    public static string NameOf(uint number) => s_others.GetValueOrDefault(number) ?? $"the type {number}, which the format does not have";
}
