using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// SuperDiff's AND (Skreta et al. 2025): <c>ε_c = ε_u + N Σ κ_i w_i (ε_i − ε_u)</c> with shares κ that sum to one and keep the
/// log-densities of all N experts equal along the path; κ_i = 1/N is the product. Its formula is <see cref="SuperpositionPath.Compose"/>.
/// </summary>
public sealed record Superposition : Combiner
{
    /// <inheritdoc/>
    public override ICompositionRule RuleOf(IReadOnlyList<LevelStep> steps) => new SuperpositionPath(steps);

    private protected override bool LeavesUnconditional(IReadOnlyList<TermWeight> weights) => true;

    private protected override void CheckSettings(DiffusionProcess process, SamplerOptions sampling)
    {
        if (process.IsZeroTerminal)
        {
            throw new McdmException("CombinerSchedule", ErrorKind.InvalidArgument, "Superposition follows the experts' densities from noise of finite size, "
                + "and this model's schedule ends with no signal at all (ᾱ_T = 0); take the combiner Product.");
        }
        if (!sampling.Sampler.IsAncestral || sampling.LangevinSteps > 0)
        {
            throw new McdmException("CombinerSampler", ErrorKind.InvalidArgument, "Superposition follows the experts' densities along a path with the reverse "
                + "process's own noise: it needs the sampler Ddpm or EulerAncestral, or Ddim with η = 1, without Langevin steps.");
        }
    }
}
