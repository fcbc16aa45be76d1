using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// MCDM, equation (12), with reliability weights: <c>ε_c = ε_u + Σ w_i (ε_i − ε_u)</c>, which for w_i = 1 is
/// <c>Σ ε(z_t, x_i, t) − (N−1) ε(z_t, t)</c>. A negative weight means "not this".
/// With φ, <c>ε_c (φ std(ε_1)/std(ε_c) + 1 − φ)</c>, where ε_1 is the same composition with no weight beyond ±1 and std is a picture's (Lin et al. 2024,
/// equations 15 and 16, which are this for one condition).
/// </summary>
/// <param name="Rescale">φ, 0…1: how much of a composition's deviation, which weights over 1 blow up, is brought back; 0 leaves it.</param>
public record Product(double Rescale = 0) : Combiner, ICompositionRule
{
    /// <inheritdoc/>
    public Tensor Compose(Tensor z, NoiseLevel level, Predictions predictions)
    {
        var (unconditional, conditional, weights, _, _) = predictions;
        var composed = Sum(weights);
        if (Rescale == 0) { return composed; }
        var unguided = Sum(weights.clamp(-1, 1));
        return composed * (Rescale * Deviation(unguided) / Deviation(composed) + (1 - Rescale));

        // A bare sum(0) would mean the number type uint8, which is 0 as a constant.
        Tensor Sum(Tensor by) => unconditional + (by * (conditional - unconditional)).sum(dim: 0);
    }

    private static Tensor Deviation(Tensor x) => x.flatten(1).std(1).reshape(-1, 1, 1, 1);

    /// <inheritdoc/>
    public sealed override ICompositionRule RuleOf(IReadOnlyList<LevelStep> steps) => this;

    /// <summary>One condition of weight 1 leaves nothing of ε_u.</summary>
    private protected sealed override bool LeavesUnconditional(IReadOnlyList<TermWeight> weights) =>
        !weights.All(weight => weight.IsConstant) || weights.Aggregate(1.0, (rest, weight) => rest - weight.Number) != 0;

    /// <inheritdoc/>
    public sealed override void Check(DiffusionProcess process, SamplerOptions sampling, ParticleOptions particles) => RequireRescale(Rescale);

    /// <inheritdoc/>
    public sealed override Combiner WithRescale(double rescale)
    {
        RequireRescale(rescale);
        return this with { Rescale = rescale };
    }
}
