using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>
/// Adds the noise predictions of experts that were trained apart (MCDM, Nair et al. 2022, equation 12):
/// <c>ε_c = ε_u + Σ w_i (ε_i − ε_u)</c>, which for w_i = 1 is <c>Σ ε(z_t, x_i, t) − (N−1) ε(z_t, t)</c>.
/// The pictures of a batch may differ in their conditions and weights: an expert evaluates those that it speaks for.
/// </summary>
public sealed class Composer : IDisposable
{
    private readonly IReadOnlyList<Term> _terms;
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
    public Composer(IReadOnlyList<WeightedExperts> pictures)
    {
        foreach (var picture in pictures) { Model.RequireSameSpace(pictures[0].Terms[0].Expert, picture.Terms[0].Expert); }
        Space = pictures[0].Space;
        bool same = pictures.All(picture => picture == pictures[0]);
        var rows = pictures.Take(same ? 1 : pictures.Count).ToList();
        using var scope = NewDisposeScope();
        _terms = rows.SelectMany((picture, row) => picture.Terms.Select(term => (term.Expert, term.Condition, term.Weight, Row: row)))
            .GroupBy(term => term.Expert)
            .OrderBy(group => group.Key.Modality is null).ThenBy(group => group.Key.Modality)
            .Select(group => new Term(
                group.Key,
                group.Key.Modality is null ? null : ConditionEncoder.Join(group.Select(term => term.Condition!).ToList()).DetachFromDisposeScope(),
                group.Count() == rows.Count ? null : group.Select(term => (long)term.Row).ToArray(),
                group.Select(term => term.Weight).ToArray()))
            .ToList();
    }

    private Composer(WeightedExperts owned) : this([owned]) => _owned = owned;

    /// <summary>The space of all experts used.</summary>
    public LatentSpace Space { get; }

    /// <summary>Networks evaluated in a step, each on the pictures it speaks for.</summary>
    public int EvaluationsPerStep => _terms.Count;

    /// <summary>ε_c of equation (12) at z_t.</summary>
    /// <param name="z">Noisy pictures z_t, float32 [batch, channels, height, width].</param>
    /// <param name="t">Noise level, 1…T.</param>
    /// <returns>The composed noise prediction, of z's shape.</returns>
    public Tensor PredictNoise(Tensor z, int t)
    {
        using var scope = NewDisposeScope();
        return Sum(z, Predictions(z, t)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// ε_c, and for each picture how much the experts agree: <c>‖Σ w_i δ_i‖² − Σ w_i ‖δ_i‖²</c> with <c>δ_i = ε_i − ε_u</c>. As the
    /// weights of all experts, ε_u's among them, sum to one, that is <c>−Σ β_j ‖ε_j − ε_c‖²</c>.
    /// </summary>
    /// <returns>The prediction, of z's shape, and the agreement, float64 [batch].</returns>
    public (Tensor Noise, Tensor Agreement) PredictWithAgreement(Tensor z, int t)
    {
        using var scope = NewDisposeScope();
        var predictions = Predictions(z, t).ToList();
        var composed = Sum(z, predictions);
        var disagreement = zeros(z.shape[0], dtype: ScalarType.Float64, device: z.device);
        foreach (var (term, noise) in predictions) { term.AddTo(disagreement, (noise - term.Take(composed)).to(ScalarType.Float64).square().flatten(1).sum(1)); }
        return (composed.MoveToOuterDisposeScope(), disagreement.neg_().MoveToOuterDisposeScope());
    }

    /// <summary>ε_j on the pictures it counts for, one expert after the other.</summary>
    private IEnumerable<(Term Term, Tensor Noise)> Predictions(Tensor z, int t) =>
        _terms.Select(term => (term, term.Expert.PredictNoise(term.Take(z), t, term.Condition)));

    private static Tensor Sum(Tensor z, IEnumerable<(Term Term, Tensor Noise)> predictions)
    {
        var sum = zeros_like(z);
        foreach (var (term, noise) in predictions) { term.AddTo(sum, noise); }
        return sum;
    }

    /// <summary>Gives the encoded conditions' memory back; the experts stay.</summary>
    public void Dispose()
    {
        foreach (var term in _terms) { term.Condition?.Dispose(); }
        _owned?.Dispose();
    }

    /// <summary>One expert's share of the sum.</summary>
    /// <param name="Expert">The expert.</param>
    /// <param name="Condition">The conditions it reads, with batch dimension 1 or that of its rows; null for ε_u.</param>
    /// <param name="Rows">The pictures of the batch that it speaks for; null for all.</param>
    /// <param name="Weights">Its factor β_j for each of them.</param>
    private sealed record Term(IExpert Expert, Tensor? Condition, long[]? Rows, double[] Weights)
    {
        /// <summary>The rows of a batch that the expert speaks for.</summary>
        public Tensor Take(Tensor batch) => Rows is null ? batch : batch.index_select(0, tensor(Rows, device: batch.device));

        /// <summary>Adds β_j times the expert's values to its rows of a sum over the batch.</summary>
        public void AddTo(Tensor sum, Tensor values)
        {
            if (Rows is null && Weights.All(weight => weight == Weights[0]))
            {
                sum.add_(values, Weights[0]);
                return;
            }
            long[] oneEach = [Weights.Length, .. Enumerable.Repeat(1L, (int)values.dim() - 1)];
            var weighted = values * tensor(Weights, values.dtype, device: values.device).reshape(oneEach);
            if (Rows is null) { sum.add_(weighted); }
            else { sum.index_add_(0, tensor(Rows, device: sum.device), weighted, 1); }
        }
    }
}
