using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>Refuses weights that hold what is no number: a picture of them would be none, and say so only after all of its steps.</summary>
internal static class FiniteWeights
{
    /// <summary>The bits of the exponent, all of which are set in what is infinite or NaN.</summary>
    private const ushort ExponentOfBFloat16 = 0x7F80, ExponentOfHalf = 0x7C00;

    /// <param name="path">The file, for the message.</param>
    /// <param name="name">The tensor's name there.</param>
    /// <param name="weights">The tensor, contiguous, on the CPU.</param>
    /// <exception cref="McdmException"><c>WeightsNotFinite</c>: file and tensor are named.</exception>
    public static void Require(string path, string name, Tensor weights)
    {
        if (weights.device_type == DeviceType.META || AllFinite(weights)) { return; }
        using var scope = NewDisposeScope();
        long wrong = weights.isfinite().logical_not_().sum().ToInt64();
        if (wrong == 0) { return; }
        throw new McdmException("WeightsNotFinite", ErrorKind.InvalidData,
            $"The tensor '{name}' of '{path}' holds {wrong} {(wrong == 1 ? "number that is" : "numbers that are")} not finite (NaN, or infinite): the file is "
                + "damaged, or was saved in a precision that does not hold its numbers.");
    }

    /// <summary>One pass over the memory, at about the speed that it is read at: libtorch's own test of short numbers takes ten times as long.</summary>
    private static bool AllFinite(Tensor weights)
    {
        switch (weights.dtype)
        {
            case ScalarType.BFloat16: return !HasExponent(weights, ExponentOfBFloat16);
            case ScalarType.Float16: return !HasExponent(weights, ExponentOfHalf);
            default:
                // A sum is finite where all of it are.
                using (var sum = weights.sum(ScalarType.Float32)) { return float.IsFinite(sum.ToSingle()); }
        }
    }

    private static bool HasExponent(Tensor weights, ushort bits)
    {
        bool found = false;
        SafeTensorsBytes.ForEachChunk(weights, bytes => found |= HasExponent(MemoryMarshal.Cast<byte, ushort>(bytes), bits));
        return found;
    }

    private static bool HasExponent(ReadOnlySpan<ushort> numbers, ushort bits)
    {
        var mask = new Vector<ushort>(bits);
        int at = 0;
        for (; at <= numbers.Length - Vector<ushort>.Count; at += Vector<ushort>.Count)
        {
            if (Vector.EqualsAny(new Vector<ushort>(numbers[at..]) & mask, mask)) { return true; }
        }
        for (; at < numbers.Length; at++)
        {
            if ((numbers[at] & bits) == bits) { return true; }
        }
        return false;
    }
}
