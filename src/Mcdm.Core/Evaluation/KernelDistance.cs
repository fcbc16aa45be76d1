using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>
/// The squared maximum mean discrepancy of two sets (Gretton et al. 2012) under the kernel k(x, y) = (xᵀy/d + 1)³, which on a
/// network's features of two sets of pictures is KID (Bińkowski et al. 2018).
/// </summary>
public static class KernelDistance
{
    /// <summary>The unbiased estimate: the mean of k within each set over pairs of two different members, less twice the mean across.</summary>
    /// <param name="first">Features, [n, d], n ≥ 2.</param>
    /// <param name="second">Features, [m, d], m ≥ 2.</param>
    /// <returns>About 0 for two sets from one distribution, and then as often below as above.</returns>
    public static double Between(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (first.to(ScalarType.Float64), second.to(ScalarType.Float64));
        return WithinMean(x) + WithinMean(y) - 2 * Kernel(x, y).mean().ToDouble();
    }

    private static Tensor Kernel(Tensor x, Tensor y) => (x.matmul(y.t()) / x.shape[1] + 1).pow(3);

    private static double WithinMean(Tensor x)
    {
        var kernel = Kernel(x, x);
        double count = x.shape[0];
        return (kernel.sum() - kernel.trace()).ToDouble() / (count * (count - 1));
    }
}
