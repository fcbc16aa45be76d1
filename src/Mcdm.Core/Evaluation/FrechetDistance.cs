using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>
/// The Fréchet distance of two Gaussians (Dowson and Landau 1982), which on a network's features of two sets of pictures is
/// FID (Heusel et al. 2017).
/// </summary>
public static class FrechetDistance
{
    /// <summary>FID: of the Gaussians with the means and covariances of two sets of features.</summary>
    /// <param name="first">Features, [n, d], n ≥ 2.</param>
    /// <param name="second">Features, [m, d], m ≥ 2.</param>
    /// <returns>0 or more, in the features' squared unit.</returns>
    public static double BetweenSamples(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (first.to(ScalarType.Float64), second.to(ScalarType.Float64));
        return BetweenGaussians(x.mean([0]), Covariance(x), y.mean([0]), Covariance(y));
    }

    /// <summary>‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁^½ Σ₂ Σ₁^½)^½).</summary>
    /// <param name="mean1">μ₁, [d].</param>
    /// <param name="covariance1">Σ₁, symmetric and positive semi-definite, [d, d].</param>
    /// <param name="mean2">μ₂, [d].</param>
    /// <param name="covariance2">Σ₂, as Σ₁.</param>
    public static double BetweenGaussians(Tensor mean1, Tensor covariance1, Tensor mean2, Tensor covariance2)
    {
        using var scope = NewDisposeScope();
        var root = SquareRoot(covariance1);
        var product = root.matmul(covariance2).matmul(root);
        // Rounding leaves the product a little asymmetric, and eigenvalues that are zero a little negative.
        var overlap = linalg.eigvalsh((product + product.t()) / 2).clamp_min(0).sqrt().sum();
        var distance = (mean1 - mean2).square().sum() + covariance1.trace() + covariance2.trace() - 2 * overlap;
        return Math.Max(0, distance.ToDouble());
    }

    /// <summary>Unbiased: divided by n − 1.</summary>
    private static Tensor Covariance(Tensor samples)
    {
        var centred = samples - samples.mean([0], keepdim: true);
        return centred.t().matmul(centred) / (samples.shape[0] - 1);
    }

    private static Tensor SquareRoot(Tensor symmetric)
    {
        var (values, vectors) = linalg.eigh(symmetric);
        return (vectors * values.clamp_min(0).sqrt()).matmul(vectors.t());
    }
}
