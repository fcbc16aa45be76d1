using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Ancestral sampling: MCDM, equation (13); Ho et al. 2020, algorithm 2. <c>z_{t-1} = (z_t − β_t/√(1−ᾱ_t) ε_c)/√α_t + σ_t η</c> is written through its guess of
/// z_0 as Ho et al. (7) do; a respaced run uses the α and β between the levels it visits.
/// </summary>
/// <param name="PosteriorVariance">σ_t² is the posterior variance, or β_t where false (Ho et al. 2020, section 3.2).</param>
/// <param name="NoiseAtEnd">Add noise of variance β_t in a step to the picture too, unless it is from level 1, as other programs do.</param>
public sealed record Ddpm(bool PosteriorVariance = true, bool NoiseAtEnd = false) : Sampler
{
    internal override Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run)
    {
        var (ofZ0, ofZt, _, _) = VariancePreserving.Posterior(t, s);
        var mean = ofZ0 * z0 + ofZt * z;
        return !s.IsClean || (NoiseAtEnd && t.T > 1) ? mean + Math.Sqrt(Variance(t, s)) * run.Noise() : mean;
    }

    internal override bool IsAncestral => true;

    /// <summary>The kernels N(μ_i, σ²) have the product N(Σ β_i μ_i, σ²) exp((‖Σ β_i μ_i‖² − Σ β_i ‖μ_i‖²)/2σ²), and μ_i = a z − b ε_i.</summary>
    internal override double ParticleFactor(NoiseLevel t, NoiseLevel s)
    {
        if (t.Alpha == 0) { return 0; }
        double beta = VariancePreserving.Posterior(t, s).Beta, b = beta / (Math.Sqrt(1 - beta) * t.Sigma);
        return b * b / (2 * Variance(t, s));
    }

    internal override void Check(DiffusionProcess process)
    {
        if (process is not VariancePreserving)
        {
            throw new McdmException("SamplerProcess", ErrorKind.InvalidArgument,
                $"The sampler {Name} draws from the posterior of a process with β, which this model's, {process}, is not; take DpmSolver, Ddim or Euler.");
        }
    }

    private double Variance(NoiseLevel t, NoiseLevel s)
    {
        var (_, _, posterior, beta) = VariancePreserving.Posterior(t, s);
        return PosteriorVariance ? posterior : beta;
    }
}
