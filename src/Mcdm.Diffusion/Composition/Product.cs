using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// MCDM, equation (12), with reliability weights: <c>ε_c = ε_u + Σ w_i (ε_i − ε_u)</c>, which for w_i = 1 is
/// <c>Σ ε(z_t, x_i, t) − (N−1) ε(z_t, t)</c>. A negative weight means "not this".
/// </summary>
public sealed class Product : ICompositionRule
{
    /// <inheritdoc/>
    public Tensor Compose(Tensor z, int t, Predictions predictions)
    {
        var (unconditional, conditional, weights, _, _) = predictions;
        // A bare sum(0) would mean the number type uint8, which is 0 as a constant.
        return unconditional + (weights * (conditional - unconditional)).sum(dim: 0);
    }
}
