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
    /// <param name="precision">The precision asked for.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="warn">Told where the device computes slowly in it.</param>
    public static ScalarType On(this Precision precision, ComputeDevice device, Action<string>? warn = null)
    {
        if (precision == Precision.BFloat16 && !device.SupportsBFloat16)
        {
            warn?.Invoke($"{device.Description} has no bfloat16 instructions: it computes in bfloat16 as asked, but slower than in Float32.");
        }
        return precision switch
        {
            Precision.Float32 => ScalarType.Float32,
            Precision.BFloat16 => ScalarType.BFloat16,
            _ => device.SupportsBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
        };
    }
}
