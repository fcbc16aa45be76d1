using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>
/// <c>ε_c = Σ w_i ε_i / Σ w_i</c> at every pixel: Collaborative Diffusion (Huang et al. 2023) with maps that are given instead of
/// learnt. Where all weights are 0, ε_u stands alone.
/// </summary>
internal sealed class MixtureCombiner : ICombiner
{
    public IReadOnlyList<Tensor> Factors(Tensor z, int t, IReadOnlyList<Prediction> predictions)
    {
        var conditional = predictions.Where(prediction => !prediction.IsUnconditional).ToList();
        var weights = conditional.ConvertAll(prediction => prediction.Term.Weights(t, z.device));
        var sum = 1 - Combiners.Rest(z, conditional, weights);
        var shares = conditional.Zip(weights, (prediction, weight) => where(weight > 0, weight / prediction.Term.Take(sum), zeros_like(weight))).ToList();
        return Combiners.WithRest(z, predictions, shares);
    }
}
