using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>
/// Adds the noise predictions of experts that were trained apart (MCDM, Nair et al. 2022, equation 12):
/// <c>ε_c = ε_u + Σ w_i (ε_i − ε_u)</c>, which for w_i = 1 is <c>Σ ε(z_t, x_i, t) − (N−1) ε(z_t, t)</c>.
/// </summary>
public sealed class Composer : IDisposable
{
    private readonly IReadOnlyList<(IExpert Expert, Tensor? Condition, double Weight)> _terms;

    /// <summary>Chooses each condition's expert and encodes the condition once, for a batch of one composition.</summary>
    /// <inheritdoc cref="Composer(IReadOnlyList{IExpert}, IReadOnlyList{IReadOnlyList{Condition}}, Action{string})"/>
    public Composer(IReadOnlyList<IExpert> experts, IReadOnlyList<Condition> conditions, Action<string>? note = null)
        : this(experts, [conditions], note)
    {
    }

    /// <summary>Chooses each condition's expert and encodes the conditions once, for a batch of different compositions.</summary>
    /// <param name="experts">The experts; the one without modality is ε(z_t, t).</param>
    /// <param name="conditions">
    /// The conditions of each picture, all with the same modalities and weights; no conditions at all sample from the
    /// unconditional expert.
    /// </param>
    /// <param name="note">Told what had to be converted or cut in a condition.</param>
    /// <exception cref="McdmException">An expert is missing, two conditions share a modality, or the spaces differ.</exception>
    public Composer(IReadOnlyList<IExpert> experts, IReadOnlyList<IReadOnlyList<Condition>> conditions, Action<string>? note = null)
    {
        if (conditions[0].GroupBy(condition => condition.Modality).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new McdmException("ConditionTwice", ErrorKind.InvalidArgument,
                $"{twice.Count()} {twice.Key} conditions were given for one picture ({string.Join("; ", twice)}); give one of each modality.");
        }
        // A condition's place in the sum is its modality's, so that the order in which conditions came changes nothing.
        var rows = conditions.Select(row => row.OrderBy(condition => condition.Modality).ToList()).ToList();
        if (rows.Any(row => !row.Select(c => (c.Modality, c.Weight)).SequenceEqual(rows[0].Select(c => (c.Modality, c.Weight)))))
        {
            throw new McdmException("BatchMixed", ErrorKind.InvalidArgument, "Compositions sampled together have the same modalities with the same weights.");
        }
        var chosen = rows[0].Select(condition => (Expert: Find(experts, condition.Modality), condition.Weight)).ToList();
        // One condition of weight 1 leaves nothing of ε_u; its network need not run.
        var unconditional = 1 - chosen.Sum(term => term.Weight) == 0 ? null : Find(experts, null);
        var used = chosen.Select(term => term.Expert).Append(unconditional).OfType<IExpert>().ToList();
        foreach (var expert in used) { Model.RequireSameSpace(used[0], expert); }
        Space = used[0].Space;
        using var scope = NewDisposeScope();
        var encoded = chosen.Select((term, i) => ConditionEncoder.Join(rows.Select(row => term.Expert.Encode(row[i], note)).ToList())).ToList();
        var terms = chosen.Zip(encoded, (term, condition) => (term.Expert, (Tensor?)condition.DetachFromDisposeScope(), term.Weight)).ToList();
        if (unconditional is not null) { terms.Add((unconditional, null, chosen.Aggregate(1.0, (rest, term) => rest - term.Weight))); }
        _terms = terms;
    }

    /// <summary>The space of all experts used.</summary>
    public LatentSpace Space { get; }

    /// <summary>Network evaluations a step: N + 1, or N where ε_u drops out.</summary>
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
        var agreement = zeros(z.shape[0], dtype: ScalarType.Float64, device: z.device);
        foreach (var (noise, weight) in predictions) { agreement.add_((noise - composed).to(ScalarType.Float64).square().flatten(1).sum(1), -weight); }
        return (composed.MoveToOuterDisposeScope(), agreement.MoveToOuterDisposeScope());
    }

    /// <summary>ε_j and its weight β_j, one expert after the other; the weights sum to one.</summary>
    private IEnumerable<(Tensor Noise, double Weight)> Predictions(Tensor z, int t) =>
        _terms.Select(term => (term.Expert.PredictNoise(z, t, term.Condition), term.Weight));

    private static Tensor Sum(Tensor z, IEnumerable<(Tensor Noise, double Weight)> predictions)
    {
        var sum = zeros_like(z);
        foreach (var (noise, weight) in predictions) { sum.add_(noise, weight); }
        return sum;
    }

    private static IExpert Find(IReadOnlyList<IExpert> experts, Modality? modality) => experts.FirstOrDefault(expert => expert.Modality == modality)
        ?? throw new McdmException("ExpertMissing", ErrorKind.NotFound, $"There is no {Model.NameOf(modality)} expert; there are: {string.Join(", ", experts.Select(e => Model.NameOf(e.Modality)))}.");

    /// <summary>Gives the encoded conditions' memory back; the experts stay.</summary>
    public void Dispose()
    {
        foreach (var term in _terms) { term.Condition?.Dispose(); }
    }
}
