using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++(2M), midpoint: Lu et al. 2022, algorithm 2, with λ = log(α/σ). Second order, the fewest steps. A step without a guess before it is of first
/// order, and so is one to the picture.
/// </summary>
/// <param name="FirstOrder">Whether all steps are of first order.</param>
/// <param name="SecondOrderEnd">Whether the last step of a run under 15, to a level with noise, is of second order too.</param>
public record DpmSolver(bool FirstOrder = false, bool SecondOrderEnd = false) : Sampler
{
    private const int FewSteps = 15;

    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        if (s.IsClean) { return z0; }
        double h = s.Lambda - t.Lambda;
        return s.Sigma / t.Sigma * z - s.Alpha * (Math.Exp(-h) - 1) * Denoised(z0, run.Before, t, h);
    }

    /// <summary>The guess of z_0 halfway to the next level, from that of the step before.</summary>
    private protected static Tensor Denoised(Tensor z0, SamplingGuess? before, NoiseLevel t, double h)
    {
        if (before is not { } guess) { return z0; }
        double ratio = h / (2 * (t.Lambda - guess.Level.Lambda));
        return (1 + ratio) * z0 - ratio * guess.Z0;
    }

    internal override bool LooksBack(bool isLast, int steps) => !FirstOrder && !(isLast && steps < FewSteps && !SecondOrderEnd);

    internal override bool DividesByAlpha => true;

    internal override SpacingRule Spacing => SpacingRule.OneMore;
}
