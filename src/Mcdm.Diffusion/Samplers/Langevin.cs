using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>Unadjusted Langevin dynamics at one noise level (Du et al. 2023): draws z_s towards the density whose score the prediction means.</summary>
internal static class Langevin
{
    /// <summary>Size of a step as a share of the noise's variance: small enough for the curvature 1/σ² that noise leaves a density at most.</summary>
    private const double StepSize = 0.1;

    /// <summary><c>z + δ ∇log p_s(z) + √(2δ) η</c>.</summary>
    /// <param name="z">z_s.</param>
    /// <param name="predicted">ε(z_s, s).</param>
    /// <param name="noise">η, standard normal.</param>
    /// <param name="level">s.</param>
    public static Tensor Step(Tensor z, Tensor predicted, Tensor noise, NoiseLevel level)
    {
        double size = StepSize * level.Sigma * level.Sigma;
        return z + size * level.Score(predicted) + Math.Sqrt(2 * size) * noise;
    }
}
