using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>Euler's method on <c>dx/dσ = (x − ẑ_0)/σ</c> with x = z/√ᾱ: Karras et al. 2022, algorithm 1 with σ(t) = t and first order alone.</summary>
internal static class Euler
{
    public static Tensor Sample(SamplingRun run)
    {
        var z = run.Start();
        foreach (var step in run.Steps)
        {
            var (t, s, _) = step;
            z = run.Step(z, t, (z0, _) => Math.Sqrt(s.AlphaBar) * Move(z / Math.Sqrt(t.AlphaBar), z0, t.Sigma, s.Sigma));
            z = run.Arrive(z, step, SamplingRun.RelativeStep(step));
        }
        return z;
    }

    /// <summary>x at another σ.</summary>
    public static Tensor Move(Tensor x, Tensor z0, double sigma, double to) => x + (to - sigma) * (x - z0) / sigma;
}
