using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;

namespace Mcdm.Diffusion.Composition;

/// <summary>The ways to combine predictions that users can name.</summary>
public enum CombinerKind
{
    /// <summary>ε_u + Σ w_i (ε_i − ε_u): equation (12) of MCDM with weights, the product of the experts' densities.</summary>
    Product,

    /// <summary>The product with shares that keep the densities of all experts equal: SuperDiff's AND (Skreta et al. 2025).</summary>
    Superposition,

    /// <summary>Σ w_i ε_i / Σ w_i at every pixel: Collaborative Diffusion (Huang et al. 2023) with given maps.</summary>
    Mixture,

    /// <summary>The product, after all ControlNets have become part of each prompt's network: the sum of their residuals, as other programs have it.</summary>
    Residual,

    /// <summary>The mean of prompts, each guided by its own network on the empty prompt: LoRA Composite (Zhong et al. 2024).</summary>
    Composite,
}

/// <summary>Rules by their names.</summary>
public static class CompositionRule
{
    /// <summary>The rule of a run.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="schedule">The noise schedule of the experts.</param>
    /// <param name="sampling">The sampler that asks for predictions.</param>
    /// <exception cref="McdmException"><c>CombinerUnknown</c>.</exception>
    public static ICompositionRule Create(CombinerKind kind, NoiseSchedule schedule, SamplerOptions sampling) => kind switch
    {
        CombinerKind.Product or CombinerKind.Residual => new Product(sampling.GuidanceRescale),
        CombinerKind.Mixture or CombinerKind.Composite => new Mixture(),
        CombinerKind.Superposition => new Superposition(SamplingPath.Of(schedule, sampling).Steps),
        _ => throw new McdmException("CombinerUnknown", ErrorKind.InvalidArgument, $"Unknown combiner '{kind}'; there are: {string.Join(", ", Enum.GetNames<CombinerKind>())}."),
    };

    /// <summary>Refuses rules with samplers that they cannot work with.</summary>
    /// <exception cref="McdmException"><c>CombinerSampler</c>, <c>CombinerSchedule</c> or <c>CombinerRescale</c>.</exception>
    public static void Check(CombinerKind kind, NoiseSchedule schedule, SamplerOptions sampling, ParticleOptions particles)
    {
        if (kind is not (CombinerKind.Product or CombinerKind.Residual) && sampling.GuidanceRescale != 0)
        {
            throw new McdmException("CombinerRescale", ErrorKind.InvalidArgument, $"The rescale of guidance belongs to the combiner Product; {kind} has no weights over 1 that it could undo.");
        }
        if (kind != CombinerKind.Superposition) { return; }
        if (schedule.IsZeroTerminal)
        {
            throw new McdmException("CombinerSchedule", ErrorKind.InvalidArgument, "Superposition follows the experts' densities from noise of finite size, and this model's schedule ends with no signal at all (ᾱ_T = 0); take the combiner Product.");
        }
        bool stochastic = sampling.Sampler is SamplerKind.Ddpm or SamplerKind.EulerAncestral || (sampling.Sampler == SamplerKind.Ddim && sampling.Eta == 1);
        if (!stochastic || sampling.LangevinSteps > 0 || particles.Particles > 1)
        {
            throw new McdmException("CombinerSampler", ErrorKind.InvalidArgument,
                "Superposition follows the experts' densities along a path with the reverse process's own noise: it needs the sampler Ddpm or EulerAncestral, or Ddim with η = 1, without Langevin steps and particles.");
        }
    }
}
