using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Heun's method in variance-exploding coordinates: Karras et al. 2022, algorithm 1, with σ(t) = t and no churn. Second order, at two evaluations a step
/// but the last.
/// </summary>
public sealed record Heun : Euler
{
    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        double from = t.ExplodingSigma, to = s.ExplodingSigma;
        Tensor x = z / t.Alpha, there = Move(x, z0, from, to);
        if (s.IsClean) { return there; }
        var guess = run.Guess(s.Alpha * there, s).Z0;
        return s.Alpha * (x + (to - from) / 2 * ((x - z0) / from + (there - guess) / to));
    }

    internal override int Evaluations(int steps) => 2 * steps - 1;
}
