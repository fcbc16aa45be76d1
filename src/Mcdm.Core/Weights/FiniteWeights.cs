using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>Refuses weights that hold what is no number: a picture of them would be none, and say so only after all of its steps.</summary>
internal static class FiniteWeights
{
    /// <exception cref="McdmException"><c>WeightsNotFinite</c>: file and tensor are named.</exception>
    public static void Require(string path, string name, Tensor weights)
    {
        if (weights.device_type == DeviceType.META) { return; }
        // One pass: a sum is finite where all of it are; in float32, since half of it would overflow.
        using var sum = weights.sum(ScalarType.Float32);
        if (float.IsFinite(sum.ToSingle())) { return; }
        using var scope = NewDisposeScope();
        long wrong = weights.isfinite().logical_not_().sum().ToInt64();
        if (wrong == 0) { return; }
        throw new McdmException("WeightsNotFinite", ErrorKind.InvalidData,
            $"The tensor '{name}' of '{path}' holds {wrong} {(wrong == 1 ? "number that is" : "numbers that are")} not finite (NaN, or infinite): the file is "
                + "damaged, or was saved in a precision that does not hold its numbers.");
    }
}
