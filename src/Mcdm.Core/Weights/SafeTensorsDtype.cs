using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>The element types of a safetensors file: their names there, in TorchSharp, and their sizes.</summary>
internal static class SafeTensorsDtype
{
    /// <summary>In the order in which the reference implementation writes them, so that every tensor stays aligned.</summary>
    private static readonly (string Name, ScalarType Type, int Size)[] All =
    [
        ("I64", ScalarType.Int64, 8),
        ("F64", ScalarType.Float64, 8),
        ("F32", ScalarType.Float32, 4),
        ("I32", ScalarType.Int32, 4),
        ("BF16", ScalarType.BFloat16, 2),
        ("F16", ScalarType.Float16, 2),
        ("I16", ScalarType.Int16, 2),
        ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>Those that libtorch has no arithmetic for, by their bits.</summary>
    private static readonly Dictionary<string, int> s_others = new(StringComparer.Ordinal)
    {
        ["U16"] = 16, ["U32"] = 32, ["U64"] = 64, ["C64"] = 64, ["F8_E4M3"] = 8, ["F8_E5M2"] = 8, ["F8_E8M0"] = 8, ["F6_E2M3"] = 6, ["F6_E3M2"] = 6, ["F4"] = 4,
    };

    /// <summary>The names of those that can be read, for messages.</summary>
    public static string Known => string.Join(", ", All.Select(entry => entry.Name).Append("F8_E4M3").Append("F8_E5M2"));

    public static ScalarType? Parse(string name)
    {
        foreach (var entry in All)
        {
            if (entry.Name == name) { return entry.Type; }
        }
        return null;
    }

    /// <summary>Bits of an element, also of a type that cannot be read; 0 for a name that this version does not know.</summary>
    public static int Bits(string name) => Parse(name) is { } type ? 8 * Size(type) : s_others.GetValueOrDefault(name);

    public static bool IsKnown(ScalarType type) => Rank(type) >= 0;

    public static string Name(ScalarType type) => All[Rank(type)].Name;

    public static int Size(ScalarType type) => All[Rank(type)].Size;

    /// <summary>The place of this type in a written file, from 0.</summary>
    public static int Rank(ScalarType type) => Array.FindIndex(All, entry => entry.Type == type);
}
