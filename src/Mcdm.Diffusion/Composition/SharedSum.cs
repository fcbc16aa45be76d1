using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>A weighted sum in which conditions that act together count less than each alone: how much less is known beside ε_u alone.</summary>
/// <param name="Rescale">φ.</param>
public abstract record SharedSum(double Rescale) : WeightedSum(Rescale)
{
    private protected sealed override Tensor Counted(Predictions predictions, NoiseLevel level)
    {
        var differences = predictions.Differences();
        return predictions.Terms < 2 ? differences : Counted(differences, predictions.Weights.clamp(0, 1), predictions, level);
    }

    /// <summary>κ_i δ_i of two terms or more.</summary>
    /// <param name="differences">δ, [J, B, C, H, W].</param>
    /// <param name="parts">m_i, the weights within 0…1, [J, B, 1, h, w].</param>
    /// <param name="predictions">What the experts predict.</param>
    /// <param name="level">t, with α_t and σ_t.</param>
    private protected abstract Tensor Counted(Tensor differences, Tensor parts, Predictions predictions, NoiseLevel level);

    private protected sealed override bool LeavesUnconditional(IReadOnlyList<TermWeight> weights) =>
        weights.Count(weight => weight.Number != 0) > 1 || base.LeavesUnconditional(weights);
}
