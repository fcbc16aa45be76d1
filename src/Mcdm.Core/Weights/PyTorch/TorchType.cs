using static TorchSharp.torch;

namespace Mcdm.Weights.PyTorch;

/// <summary>An element type of PyTorch's.</summary>
/// <param name="Name">As PyTorch calls it.</param>
/// <param name="Size">Bytes of an element; 0 where that is not known.</param>
/// <param name="Stored">The type that has its bits; null where it cannot be read.</param>
/// <param name="Read">The type that it is given as: a wider one for whole numbers without sign and numbers of 8 bits.</param>
internal sealed record TorchType(string Name, int Size, ScalarType? Stored, ScalarType? Read)
{
    private static readonly TorchType[] s_types =
    [
        new("float32", 4, ScalarType.Float32), new("float64", 8, ScalarType.Float64), new("float16", 2, ScalarType.Float16),
            new("bfloat16", 2, ScalarType.BFloat16),
        new("int64", 8, ScalarType.Int64), new("int32", 4, ScalarType.Int32), new("int16", 2, ScalarType.Int16), new("int8", 1, ScalarType.Int8),
            new("uint8", 1, ScalarType.Byte), new("bool", 1, ScalarType.Bool),
        new("uint16", 2, ScalarType.Int16, ScalarType.Int32), new("uint32", 4, ScalarType.Int32, ScalarType.Int64),
            new("uint64", 8, ScalarType.Int64, ScalarType.Int64),
        new("complex32", 4, null), new("complex64", 8, null), new("complex128", 16, null),
        new("float8_e4m3fn", 1, ScalarType.Byte, ScalarType.Float32), new("float8_e5m2", 1, ScalarType.Byte, ScalarType.Float32),
            new("float8_e4m3fnuz", 1, null), new("float8_e5m2fnuz", 1, null),
            new("float8_e8m0fnu", 1, null), new("float4_e2m1fn_x2", 1, null),
        new("quantized qint8", 1, null), new("quantized quint8", 1, null), new("quantized qint32", 4, null), new("quantized quint4x2", 1, null),
            new("quantized quint2x4", 1, null),
    ];

    private static readonly Dictionary<string, string> s_storages = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = "float32", ["DoubleStorage"] = "float64", ["HalfStorage"] = "float16", ["BFloat16Storage"] = "bfloat16",
        ["LongStorage"] = "int64", ["IntStorage"] = "int32", ["ShortStorage"] = "int16", ["CharStorage"] = "int8", ["ByteStorage"] = "uint8",
            ["BoolStorage"] = "bool",
        ["UntypedStorage"] = "uint8", ["_UntypedStorage"] = "uint8", ["ComplexFloatStorage"] = "complex64", ["ComplexDoubleStorage"] = "complex128",
        ["QInt8Storage"] = "quantized qint8", ["QUInt8Storage"] = "quantized quint8", ["QInt32Storage"] = "quantized qint32",
            ["QUInt4x2Storage"] = "quantized quint4x2", ["QUInt2x4Storage"] = "quantized quint2x4",
    };

    private static readonly Dictionary<string, TorchType> s_byName = s_types.ToDictionary(type => type.Name, StringComparer.Ordinal);

    private TorchType(string name, int size, ScalarType? stored) : this(name, size, stored, stored)
    {
    }

    /// <summary>Whether only 0 and 1 may be stored.</summary>
    public bool IsBool => Stored == ScalarType.Bool;

    /// <summary>The type that a <c>torch.…</c> means, known or not.</summary>
    public static TorchType Named(string name) => s_byName.GetValueOrDefault(name) ?? Unknown(name);

    /// <summary>The type that a <c>torch.…Storage</c> holds, known or not.</summary>
    public static TorchType OfStorage(string name) => s_storages.TryGetValue(name, out string? type) ? s_byName[type] : Unknown(name);

    public static TorchType Unknown(string name) => new(name, 0, null);
}
