using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary><c>ε_c = ε_u + Σ w_i (ε_i − ε_u)</c> (MCDM, equation 12, with reliability weights): β_i = w_i, and 1 − Σ w_i for ε_u. A negative weight means "not this".</summary>
internal sealed class ProductCombiner : ICombiner
{
    public IReadOnlyList<Tensor> Factors(Tensor z, int t, IReadOnlyList<Prediction> predictions) =>
        Combiners.WithRest(z, predictions, predictions.Where(prediction => !prediction.IsUnconditional).Select(prediction => prediction.Term.Weights(t, z.device)).ToList());
}
