using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Composition;

/// <summary>What the experts predict at one z_t, dense over the batch: a term that does not act in a picture has weight 0 there.</summary>
/// <param name="Unconditional">ε_u = ε(z_t, t), float32 [B, C, H, W]; 0 for pictures that it does not count for.</param>
/// <param name="Conditional">ε_i = ε(z_t, x_i, t) of each term, float32 [J, B, C, H, W]; 0 where a term does not act.</param>
/// <param name="Weights">w_i, float32 [J, B, 1, h, w]: h and w are those of z, or 1 where no term has a region.</param>
/// <param name="Acts">Which terms act on which pictures: [J][B].</param>
/// <param name="HasUnconditional">Which pictures ε_u counts for: [B].</param>
public sealed record Predictions(Tensor Unconditional, Tensor Conditional, Tensor Weights, IReadOnlyList<bool[]> Acts, IReadOnlyList<bool> HasUnconditional)
{
    /// <summary>What all of them are: ε, or another form of it where ε says nothing.</summary>
    public PredictionKind Kind { get; init; }

    /// <summary>The terms' experts by name: [J].</summary>
    public IReadOnlyList<string> Experts { get; init; } = [];

    /// <summary>Number of terms, J.</summary>
    public int Terms => Acts.Count;

    /// <summary>Number of pictures, B.</summary>
    public int Pictures => (int)Unconditional.shape[0];

    /// <summary>What each condition asks for, <c>δ_i = ε_i − ε_u</c>, 0 where a term does not act: [J, B, C, H, W].</summary>
    public Tensor Differences()
    {
        var acts = tensor(Acts.SelectMany(row => row).Select(acts => acts ? 1f : 0f).ToArray(), [Terms, Pictures, 1, 1, 1], device: Unconditional.device);
        return (Conditional - Unconditional) * acts;
    }

    /// <summary>
    /// How much the experts of each picture agree: <c>‖Σ w_i δ_i‖² − Σ w_i ‖δ_i‖²</c>, by which the product of their densities at a level differs from the
    /// marginal of the process that equation (12) drives (Skreta et al. 2025).
    /// </summary>
    /// <returns>float64 [B].</returns>
    public Tensor Agreement()
    {
        using var scope = NewDisposeScope();
        // Where ε_u does not count, the weights sum to one, and any value in its place gives the same.
        var (differences, weights) = (Differences().to(ScalarType.Float64), Weights.to(ScalarType.Float64));
        var together = (weights * differences).sum(dim: 0).square();
        var apart = (weights * differences.square()).sum(dim: 0);
        return (together - apart).flatten(1).sum(1).MoveToOuterDisposeScope();
    }
}

/// <summary>Asks the experts for their predictions at z_t.</summary>
/// <param name="z">z_t, float32 [batch, channels, height, width].</param>
/// <param name="level">t, with α_t and σ_t.</param>
public delegate Predictions ExpertPredictor(Tensor z, NoiseLevel level);
