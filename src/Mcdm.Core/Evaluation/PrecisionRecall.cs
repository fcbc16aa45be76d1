using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>
/// Precision and recall of a set of pictures against a reference (Kynkäänniemi et al. 2019). A set's manifold is the union of
/// balls around its features, each as large as the distance to the feature's k-th nearest neighbour in the set.
/// </summary>
public static class PrecisionRecall
{
    /// <summary>Share of the samples in the reference's manifold (are they good?), and of the reference in the samples' (is everything there?).</summary>
    /// <param name="samples">Features, [n, d], n > k.</param>
    /// <param name="reference">Features, [m, d], m > k.</param>
    /// <param name="neighbour">k; the paper takes 3.</param>
    /// <returns>Both 0…1.</returns>
    public static (double Precision, double Recall) Of(Tensor samples, Tensor reference, int neighbour = 3)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (samples.to(ScalarType.Float64), reference.to(ScalarType.Float64));
        var across = cdist(x, y, compute_mode: compute_mode.donot_use_mm_for_euclid_dist);
        return (ShareInside(across, Radii(y, neighbour)), ShareInside(across.t(), Radii(x, neighbour)));
    }

    /// <summary>Distance of each feature to its k-th nearest neighbour; the nearest of all is the feature itself.</summary>
    private static Tensor Radii(Tensor features, int neighbour) =>
        cdist(features, features, compute_mode: compute_mode.donot_use_mm_for_euclid_dist).kthvalue(neighbour + 1, 1).values;

    /// <summary>Share of rows that are in the ball of at least one column.</summary>
    private static double ShareInside(Tensor distances, Tensor radii) => distances.le(radii).any(1).to(ScalarType.Float64).mean().ToDouble();
}
