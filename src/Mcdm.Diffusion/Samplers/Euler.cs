using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Euler's method on <c>dx/dσ = (x − ẑ_0)/σ</c> in variance-exploding coordinates, x = z/α: Karras et al. 2022, algorithm 1 with σ(t) = t and first order
/// alone.
/// </summary>
public record Euler : Sampler
{
    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run) =>
        s.Alpha * Move(z / t.Alpha, z0, t.ExplodingSigma, s.ExplodingSigma);

    /// <summary>x at another σ.</summary>
    private protected static Tensor Move(Tensor x, Tensor z0, double sigma, double to) => x + (to - sigma) * (x - z0) / sigma;

    internal override bool DividesByAlpha => true;

    internal override SpacingRule Spacing => SpacingRule.Between;
}
