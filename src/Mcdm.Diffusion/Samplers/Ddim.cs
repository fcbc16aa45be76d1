using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>DDIM: Song et al. 2020, equation 12 with σ of equation 16.</summary>
internal static class Ddim
{
    /// <param name="run">The run.</param>
    /// <param name="eta">η: 0 is deterministic, 1 has DDPM's variance.</param>
    public static Tensor Sample(SamplingRun run, double eta)
    {
        var z = run.Noise();
        foreach (var (t, s) in run.Levels)
        {
            double alphaBarT = run.AlphaBar(t), alphaBarS = run.AlphaBar(s);
            double sigma = eta * Math.Sqrt((1 - alphaBarS) / (1 - alphaBarT) * (1 - alphaBarT / alphaBarS));
            z = run.Step(z, t, (z0, noise) =>
            {
                var next = Math.Sqrt(alphaBarS) * z0 + Math.Sqrt(1 - alphaBarS - sigma * sigma) * noise;
                return sigma > 0 ? next + sigma * run.Noise() : next;
            });
            z = run.Arrive(z, s, run.RelativeStep(t, s));
        }
        return z;
    }
}
