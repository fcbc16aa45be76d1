using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Ancestral steps in variance-exploding coordinates, x = z/√ᾱ (Crowson 2022, k-diffusion): Euler's method to σ_down, and fresh noise of deviation σ_up, with
/// <c>σ_up² = σ_s² (σ_t² − σ_s²)/σ_t²</c> and <c>σ_down² = σ_s² − σ_up²</c>. The same as DDIM with η = 1.
/// </summary>
internal static class EulerAncestral
{
    public static Tensor Sample(SamplingRun run)
    {
        var z = run.Start();
        foreach (var step in run.Steps)
        {
            var (t, s, _) = step;
            double up = s.Sigma * Math.Sqrt(Math.Max(0, 1 - s.Sigma * s.Sigma / (t.Sigma * t.Sigma))), down = Math.Sqrt(s.Sigma * s.Sigma - up * up);
            z = run.Step(z, t, (z0, _) =>
            {
                var x = Euler.Move(z / Math.Sqrt(t.AlphaBar), z0, t.Sigma, down);
                return Math.Sqrt(s.AlphaBar) * (up > 0 ? x + up * run.Noise() : x);
            });
            z = run.Arrive(z, step, SamplingRun.RelativeStep(step));
        }
        return z;
    }
}
