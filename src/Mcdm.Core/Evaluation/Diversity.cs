using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>How much the pictures of one composition differ: the mean distance of two of them, in the judge's features.</summary>
public static class Diversity
{
    /// <summary>Mean Euclidean distance over all pairs.</summary>
    /// <param name="features">Features, [n, d], n ≥ 2.</param>
    /// <returns>0 for pictures that are all alike, in the features' unit.</returns>
    public static double Of(Tensor features)
    {
        using var scope = NewDisposeScope();
        double count = features.shape[0];
        var x = features.to(ScalarType.Float64);
        return cdist(x, x, compute_mode: compute_mode.donot_use_mm_for_euclid_dist).sum().ToDouble() / (count * (count - 1));
    }
}
