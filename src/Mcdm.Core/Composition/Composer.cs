using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>
/// Adds the noise predictions of experts that were trained apart (MCDM, Nair et al. 2022, equation 12):
/// <c>ε_c = ε_u + Σ w_i (ε_i − ε_u)</c>, which for w_i = 1 is <c>Σ ε(z_t, x_i, t) − (N−1) ε(z_t, t)</c>; other combiners choose other
/// factors β_j of <c>ε_c = Σ β_j ε_j</c>. The pictures of a batch may differ in their conditions and weights: an expert evaluates
/// those that it speaks for.
/// </summary>
public sealed class Composer : IDisposable
{
    private readonly IReadOnlyList<BatchTerm> _terms;
    private readonly ICombiner _combiner;
    private readonly WeightedExperts? _owned;

    /// <summary>One composition, for a batch of any size.</summary>
    /// <param name="experts">The experts; the one without modality is ε(z_t, t).</param>
    /// <param name="conditions">At most one of each modality; none at all leaves the unconditional expert alone.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut in a condition.</param>
    /// <exception cref="McdmException">An expert is missing, two conditions share a modality, a condition does not fit, or the spaces differ.</exception>
    public Composer(IReadOnlyList<IExpert> experts, IReadOnlyList<Condition> conditions, Action<string>? note = null)
        : this(new WeightedExperts(experts, conditions, note))
    {
    }

    /// <summary>A composition for each picture of a batch. Where all are one and the same, the batch may have any size.</summary>
    /// <param name="pictures">The pictures' experts and conditions, of one space; they stay the caller's.</param>
    /// <exception cref="McdmException">The pictures' spaces differ.</exception>
    public Composer(IReadOnlyList<WeightedExperts> pictures) : this(pictures, new ProductCombiner())
    {
    }

    internal Composer(IReadOnlyList<WeightedExperts> pictures, ICombiner combiner)
    {
        foreach (var picture in pictures) { Model.RequireSameSpace(pictures[0].Terms[0].Expert, picture.Terms[0].Expert); }
        Space = pictures[0].Space;
        _combiner = combiner;
        bool same = pictures.All(picture => picture == pictures[0]);
        var rows = pictures.Take(same ? 1 : pictures.Count).ToList();
        using var scope = NewDisposeScope();
        _terms = rows.SelectMany((picture, row) => picture.Terms.Select(term => (Term: term, Row: row)))
            .GroupBy(entry => entry.Term.Expert)
            .OrderBy(group => group.Key.Modality is null).ThenBy(group => group.Key.Modality)
            .Select(group => new BatchTerm(group.Select(entry => entry.Term).ToList(), group.Count() == rows.Count ? null : group.Select(entry => (long)entry.Row).ToArray()))
            .ToList();
    }

    private Composer(WeightedExperts owned) : this([owned]) => _owned = owned;

    /// <summary>The space of all experts used.</summary>
    public LatentSpace Space { get; }

    /// <summary>Networks evaluated in a step, each on the pictures it speaks for.</summary>
    public int EvaluationsPerStep => _terms.Count;

    /// <summary>Told how far the experts are apart at every prediction; null where nobody wants to know.</summary>
    internal DisagreementLog? Log { get; init; }

    /// <summary>ε_c at z_t.</summary>
    /// <param name="z">Noisy pictures z_t, float32 [batch, channels, height, width].</param>
    /// <param name="t">Noise level, 1…T.</param>
    /// <returns>The composed noise prediction, of z's shape.</returns>
    public Tensor PredictNoise(Tensor z, int t)
    {
        using var scope = NewDisposeScope();
        return Combine(z, t).Composed.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// ε_c, and for each picture how much the experts agree: <c>‖Σ w_i δ_i‖² − Σ w_i ‖δ_i‖²</c> with <c>δ_i = ε_i − ε_u</c>. As the
    /// factors of all experts, ε_u's among them, sum to one, that is <c>−Σ β_j ‖ε_j − ε_c‖²</c>.
    /// </summary>
    /// <returns>The prediction, of z's shape, and the agreement, float64 [batch].</returns>
    public (Tensor Noise, Tensor Agreement) PredictWithAgreement(Tensor z, int t)
    {
        using var scope = NewDisposeScope();
        var (composed, predictions, factors) = Combine(z, t);
        var disagreement = zeros(z.shape[0], dtype: ScalarType.Float64, device: z.device);
        foreach (var (prediction, factor) in predictions.Zip(factors))
        {
            var apart = (prediction.Noise - prediction.Term.Take(composed)).to(ScalarType.Float64).square();
            prediction.Term.AddTo(disagreement, (apart * factor.to(ScalarType.Float64)).flatten(1).sum(1));
        }
        return (composed.MoveToOuterDisposeScope(), disagreement.neg_().MoveToOuterDisposeScope());
    }

    /// <summary>Σ β_j ε_j, with what went into it.</summary>
    private (Tensor Composed, IReadOnlyList<Prediction> Predictions, IReadOnlyList<Tensor> Factors) Combine(Tensor z, int t)
    {
        var predictions = Predict(z, t);
        Log?.Record(z, t, predictions);
        var factors = _combiner.Factors(z, t, predictions);
        var composed = zeros_like(z);
        foreach (var (prediction, factor) in predictions.Zip(factors)) { prediction.Term.AddTo(composed, factor * prediction.Noise); }
        return (composed, predictions, factors);
    }

    /// <summary>ε_j of every expert on its pictures, those of the conditions first.</summary>
    internal IReadOnlyList<Prediction> Predict(Tensor z, int t)
    {
        int[] runs = Runs(z);
        return _terms.Select(term => new Prediction(term, term.Predict(z, t, runs))).ToList();
    }

    /// <summary>Of each picture, the number of the run of equal pictures, side by side, that it lies in.</summary>
    private static int[] Runs(Tensor z)
    {
        if (z.shape[0] == 1) { return [0]; }
        var same = z[1..].eq(z[..^1]).flatten(1).all(1).cpu().data<bool>().ToArray();
        int run = 0;
        return [0, .. same.Select(copy => copy ? run : ++run)];
    }

    /// <summary>Gives the encoded conditions' memory back; the experts stay.</summary>
    public void Dispose()
    {
        foreach (var term in _terms) { term.Dispose(); }
        (_combiner as IDisposable)?.Dispose();
        _owned?.Dispose();
    }
}
