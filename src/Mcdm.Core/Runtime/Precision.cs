using static TorchSharp.torch;

namespace Mcdm.Runtime;

/// <summary>The arithmetic that networks compute in.</summary>
public enum Precision
{
    /// <summary>bfloat16 where the device has instructions for it, float32 elsewhere.</summary>
    Auto,

    /// <summary>Single precision: on every device.</summary>
    Float32,

    /// <summary>Brain floating point: about twice as fast where the device has it, slow where it has not.</summary>
    BFloat16,
}

/// <summary>What a precision means on a device.</summary>
public static class PrecisionExtensions
{
    /// <summary>The tensor type that a precision stands for on a device.</summary>
    public static ScalarType On(this Precision precision, ComputeDevice device) => precision switch
    {
        Precision.Float32 => ScalarType.Float32,
        Precision.BFloat16 => ScalarType.BFloat16,
        _ => device.SupportsBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
    };
}
