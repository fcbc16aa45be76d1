using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>
/// Numbers of eight bits (Micikevicius et al. 2022), widened by a table of all 256: e4m3fn has no infinity, and one NaN of either sign; e5m2 is the
/// upper half of half precision.
/// </summary>
internal static class Float8
{
    private const int Codes = 256, Sign = 0x80;

    private static readonly Dictionary<string, float[]> s_tables = new(StringComparer.Ordinal)
    {
        ["F8_E4M3"] = Table(exponentBits: 4, bias: 7, hasInfinity: false),
        ["F8_E5M2"] = Table(exponentBits: 5, bias: 15, hasInfinity: true),
    };

    /// <summary>Whether a type of a safetensors file is one of these.</summary>
    public static bool Is(string dtype) => s_tables.ContainsKey(dtype);

    /// <summary>The numbers of codes.</summary>
    /// <param name="dtype">The type's name in a safetensors file.</param>
    /// <param name="codes">The codes, as bytes of any shape.</param>
    /// <returns>float32 of the same shape.</returns>
    public static Tensor Widen(string dtype, Tensor codes)
    {
        using var scope = NewDisposeScope();
        return tensor(s_tables[dtype]).index_select(0, codes.to(ScalarType.Int32).flatten()).reshape(codes.shape).MoveToOuterDisposeScope();
    }

    private static float[] Table(int exponentBits, int bias, bool hasInfinity)
    {
        int mantissaBits = 7 - exponentBits, mantissas = 1 << mantissaBits, highest = (1 << exponentBits) - 1;
        return [.. Enumerable.Range(0, Codes).Select(code =>
        {
            int exponent = (code & ~Sign) >> mantissaBits, mantissa = code & (mantissas - 1);
            double size = exponent == 0 ? mantissa * Math.Pow(2, 1 - bias - mantissaBits)
                : (mantissas + mantissa) * Math.Pow(2, exponent - bias - mantissaBits);
            if (exponent == highest && hasInfinity) { size = mantissa == 0 ? double.PositiveInfinity : double.NaN; }
            if (exponent == highest && !hasInfinity && mantissa == mantissas - 1) { size = double.NaN; }
            return (float)((code & Sign) == 0 ? size : -size);
        })];
    }
}
