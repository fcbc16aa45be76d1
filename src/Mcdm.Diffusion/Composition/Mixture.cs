using Mcdm.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// <c>ε_c = Σ w_i ε_i / Σ w_i</c> at every pixel: Collaborative Diffusion (Huang et al. 2023) with maps that are given instead of
/// learnt. Where all weights are 0, ε_u stands alone.
/// </summary>
public sealed class Mixture : ICompositionRule
{
    /// <inheritdoc/>
    public Tensor Compose(Tensor z, NoiseLevel level, Predictions predictions)
    {
        var (unconditional, conditional, weights, _, _) = predictions;
        var sum = weights.sum(dim: 0);
        return where(sum > 0, (weights * conditional).sum(dim: 0) / sum, unconditional);
    }
}
