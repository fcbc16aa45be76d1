using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>DDIM: Song et al. 2020, equation 12 with σ of equation 16.</summary>
internal static class Ddim
{
    /// <param name="run">The run.</param>
    /// <param name="eta">η: 0 is deterministic, 1 has DDPM's variance.</param>
    public static Tensor Sample(SamplingRun run, double eta)
    {
        var z = run.Start();
        foreach (var step in run.Steps)
        {
            double alphaBarT = step.From.AlphaBar, alphaBarS = step.To.AlphaBar;
            double sigma = eta * Math.Sqrt((1 - alphaBarS) / (1 - alphaBarT) * (1 - alphaBarT / alphaBarS));
            z = run.Step(z, step.From, (z0, noise) =>
            {
                // With η = 1 and ᾱ_t = 0 nothing of the old noise is left, and rounding must not make it less.
                var next = Math.Sqrt(alphaBarS) * z0 + Math.Sqrt(Math.Max(0, 1 - alphaBarS - sigma * sigma)) * noise;
                return sigma > 0 ? next + sigma * run.Noise() : next;
            });
            z = run.Arrive(z, step, SamplingRun.RelativeStep(step));
        }
        return z;
    }
}
