using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Layers.Kernels;

/// <summary>Numbers side by side in AVX-512's registers, which the loops here compute with in place of libtorch's passes over memory.</summary>
internal static class Lanes
{
    /// <summary>Numbers in a register.</summary>
    public const int Count = 16;

    private const int BitsLeftOut = 16;

    private static readonly bool s_areThere = Avx512F.IsSupported && ComputeThreads.AreReachable;

    /// <summary>Whether loops here may read a tensor: it lies in memory that a span reaches, and nobody asks for its gradient.</summary>
    public static bool Take(Tensor x) => s_areThere && x.device.type == TorchSharp.DeviceType.CPU && x.numel() * x.ElementSize <= int.MaxValue
        && !(is_grad_enabled() && x.requires_grad);

    /// <summary>e^x for x ≤ 0, by the polynomial of the Cephes library: within a unit in the last place.</summary>
    public static Vector512<float> Exp(Vector512<float> x)
    {
        const float Least = -104, PerE = 1.44269504f, LnHigh = -0.693359375f, LnLow = 2.12194440e-4f;
        x = Vector512.Max(x, Vector512.Create(Least));
        var n = Avx512F.RoundScale(x * PerE, 0);
        var r = Avx512F.FusedMultiplyAdd(n, Vector512.Create(LnLow), Avx512F.FusedMultiplyAdd(n, Vector512.Create(LnHigh), x));
        var p = Avx512F.FusedMultiplyAdd(Vector512.Create(1.9875691500e-4f), r, Vector512.Create(1.3981999507e-3f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        return Avx512F.Scale(Avx512F.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One, n);
    }

    /// <summary>The greatest of a register's numbers.</summary>
    public static float Greatest(Vector512<float> x)
    {
        var half = Vector256.Max(x.GetLower(), x.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
    }

    /// <summary>bfloat16, the upper half of a float32, to it.</summary>
    public static unsafe void Widen(ushort* from, float* to, int count)
    {
        int i = 0;
        for (; i <= count - Count; i += Count)
        {
            Vector512.ShiftLeft(Avx512F.ConvertToVector512UInt32(Vector256.Load(from + i)), BitsLeftOut).AsSingle().Store(to + i);
        }
        for (; i < count; i++) { to[i] = BitConverter.UInt32BitsToSingle((uint)from[i] << BitsLeftOut); }
    }

    /// <summary>Multiples of float32 to the nearest bfloat16, of two equally near ones to the even.</summary>
    public static unsafe void Narrow(float* from, float factor, ushort* to, int count)
    {
        const uint Half = 0x7FFF;
        int i = 0;
        for (; i <= count - Count; i += Count)
        {
            var bits = (Vector512.Load(from + i) * factor).AsUInt32();
            bits += Vector512.Create(Half) + (Vector512.ShiftRightLogical(bits, BitsLeftOut) & Vector512<uint>.One);
            Avx512F.ConvertToVector256UInt16(Vector512.ShiftRightLogical(bits, BitsLeftOut)).Store(to + i);
        }
        for (; i < count; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(from[i] * factor);
            to[i] = (ushort)((bits + Half + (bits >> BitsLeftOut & 1)) >> BitsLeftOut);
        }
    }
}
