using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// <c>ε_c = Σ w_i ε_i / Σ w_i</c> at every pixel: Collaborative Diffusion (Huang et al. 2023) with maps that are given instead of
/// learnt. Where all weights are 0, ε_u stands alone.
/// </summary>
public record Mixture : Combiner, ICompositionRule
{
    /// <inheritdoc/>
    public Tensor Compose(Tensor z, NoiseLevel level, Predictions predictions)
    {
        var (unconditional, conditional, weights, _, _) = predictions;
        var sum = weights.sum(dim: 0);
        return where(sum > 0, (weights * conditional).sum(dim: 0) / sum, unconditional);
    }

    /// <inheritdoc/>
    public sealed override ICompositionRule RuleOf(IReadOnlyList<LevelStep> steps) => this;

    private protected override bool LeavesUnconditional(IReadOnlyList<TermWeight> weights)
    {
        if (weights.Any(weight => weight.IsEverNegative) || weights.All(weight => weight.Number == 0))
        {
            throw new McdmException("MixtureWeight", ErrorKind.InvalidArgument,
                "The weights of a mixture are shares: none may be negative, and one must be above 0.");
        }
        return !weights.Any(weight => weight.IsConstant && weight.Number > 0);
    }
}
