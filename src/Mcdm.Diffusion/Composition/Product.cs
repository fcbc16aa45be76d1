using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// MCDM, equation (12), with reliability weights: <c>ε_c = ε_u + Σ w_i (ε_i − ε_u)</c>, which for w_i = 1 is
/// <c>Σ ε(z_t, x_i, t) − (N−1) ε(z_t, t)</c>. A negative weight means "not this". Every push counts in full, κ = 1, also where several say the same.
/// </summary>
/// <param name="Rescale">φ.</param>
public record Product(double Rescale = 0) : WeightedSum(Rescale)
{
    private protected sealed override Tensor Counted(Predictions predictions, NoiseLevel level) => predictions.Conditional - predictions.Unconditional;

    private protected sealed override bool DrivesParticles => true;
}
