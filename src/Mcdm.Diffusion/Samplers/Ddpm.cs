using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>Ancestral sampling: MCDM, equation (13); Ho et al. 2020, algorithm 2.</summary>
internal static class Ddpm
{
    /// <summary>
    /// Equation (13), <c>z_{t-1} = (z_t − β_t/√(1−ᾱ_t) ε_c)/√α_t + σ_t η</c>, written through its guess of z_0 as Ho et al.
    /// (7) do; a respaced run uses the α and β between the levels it visits.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="posteriorVariance">σ_t² is the posterior variance, or β_t.</param>
    /// <param name="noiseAboveFirst">Add noise in every step from above level 1, the last one among them, as other programs do.</param>
    public static Tensor Sample(SamplingRun run, bool posteriorVariance, bool noiseAboveFirst)
    {
        var z = run.Start();
        foreach (var step in run.Steps)
        {
            double alphaBarT = step.From.AlphaBar, alphaBarS = step.To.AlphaBar;
            var (ofZ0, ofZt, posterior, beta) = GaussianProcess.Posterior(alphaBarT, alphaBarS);
            double variance = posteriorVariance ? posterior : beta;
            bool draws = noiseAboveFirst ? step.From.T > 1 : !step.To.IsClean;
            z = run.Step(z, step.From, (z0, _) =>
            {
                var mean = ofZ0 * z0 + ofZt * z;
                return draws ? mean + Math.Sqrt(variance) * run.Noise() : mean;
            });
            // The kernels N(μ_i, σ²) have the product N(Σ β_i μ_i, σ²) exp((‖Σ β_i μ_i‖² − Σ β_i ‖μ_i‖²)/2σ²), and μ_i = a z − b ε_i.
            double b = beta / Math.Sqrt((1 - beta) * (1 - alphaBarT));
            z = run.Arrive(z, step, alphaBarT == 0 ? 0 : b * b / (2 * variance));
        }
        return z;
    }
}
