using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// What ε_u says and, added to it, what each condition asks for beyond it: <c>ε_c = ε_u + Σ w_i κ_i δ_i</c>, <c>δ_i = ε_i − ε_u</c>. A rule says how much
/// of each push counts, 0 ≤ κ_i ≤ 1; a condition that stands alone counts in full. With φ, <c>ε_c (φ std(ε_1)/std(ε_c) + 1 − φ)</c>, where ε_1 is the same
/// composition with no weight beyond ±1 and std is a picture's (Lin et al. 2024, equations 15 and 16, which are this for one condition).
/// </summary>
/// <param name="Rescale">φ, 0…1: how much of a composition's deviation, which weights over 1 blow up, is brought back; 0 leaves it.</param>
public abstract record WeightedSum(double Rescale) : Combiner, ICompositionRule
{
    /// <inheritdoc/>
    public Tensor Compose(Tensor z, NoiseLevel level, Predictions predictions)
    {
        var (unconditional, weights, counted) = (predictions.Unconditional, predictions.Weights, Counted(predictions, level));
        var composed = Sum(weights);
        if (Rescale == 0) { return composed; }
        var unguided = Sum(weights.clamp(-1, 1));
        return composed * (Rescale * Deviation(unguided) / Deviation(composed) + (1 - Rescale));

        // A bare sum(0) would mean the number type uint8, which is 0 as a constant.
        Tensor Sum(Tensor by) => unconditional + (by * counted).sum(dim: 0);
    }

    /// <summary>κ_i δ_i of each term, [J, B, C, H, W]; of any value where its weight is 0.</summary>
    private protected abstract Tensor Counted(Predictions predictions, NoiseLevel level);

    private static Tensor Deviation(Tensor x) => x.flatten(1).std(1).reshape(-1, 1, 1, 1);

    /// <inheritdoc/>
    public sealed override ICompositionRule RuleOf(IReadOnlyList<LevelStep> steps) => this;

    /// <summary>One condition of weight 1 leaves nothing of ε_u.</summary>
    private protected override bool LeavesUnconditional(IReadOnlyList<TermWeight> weights) =>
        !weights.All(weight => weight.IsConstant) || weights.Aggregate(1.0, (rest, weight) => rest - weight.Number) != 0;

    /// <inheritdoc/>
    private protected override void CheckSettings(DiffusionProcess process, SamplerOptions sampling) => RequireRescale(Rescale);

    /// <inheritdoc/>
    public sealed override Combiner WithRescale(double rescale)
    {
        RequireRescale(rescale);
        return this with { Rescale = rescale };
    }
}
