using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// DPM-Solver-2 in variance-exploding coordinates (Karras et al. 2022, algorithm 2 without churn; Lu et al. 2022a): a step follows the direction at the
/// level halfway in log σ. Second order, at two evaluations a step but the last.
/// </summary>
public record Dpm2 : Euler
{
    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run) =>
        Through(run.LevelOf(Math.Sqrt(t.ExplodingSigma * s.ExplodingSigma)), s.ExplodingSigma, z, t, s, z0, run);

    /// <summary>z_s by the direction at a level on the way, as far as some σ.</summary>
    private protected static Tensor Through(NoiseLevel middle, double to, Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, SamplingRun run)
    {
        double from = t.ExplodingSigma, half = middle.ExplodingSigma;
        var x = z / t.Alpha;
        if (s.IsClean) { return Move(x, z0, from, 0); }
        var there = Move(x, z0, from, half);
        return s.Alpha * (x + (to - from) / half * (there - run.Guess(middle.Alpha * there, middle).Z0));
    }

    internal override int Evaluations(int steps) => 2 * steps - 1;

    internal override bool RoundsKarras => true;
}

/// <summary>
/// <see cref="Dpm2"/> to σ_down = σ_s²/σ_t, which has σ_s halfway, and fresh noise up to σ_s as in <see cref="EulerAncestral"/> (Crowson 2022, k-diffusion).
/// </summary>
public sealed record Dpm2Ancestral : Dpm2
{
    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        double ratio = s.ExplodingSigma / t.ExplodingSigma, up = s.ExplodingSigma * Math.Sqrt(Math.Max(0, 1 - ratio * ratio));
        var down = Through(s, s.ExplodingSigma * ratio, z, t, s, z0, run);
        return up > 0 ? down + s.Alpha * up * run.Noise() : down;
    }

    internal override bool IsAncestral => true;
}
