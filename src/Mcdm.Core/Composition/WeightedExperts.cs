using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>
/// One picture's side of equation (12): the experts that speak for its conditions, what each condition became for its
/// expert, and the factors β_j of the predictions, which sum to one: w_i for an expert's, <c>1 − Σ w_i</c> for ε_u's.
/// </summary>
public sealed class WeightedExperts : IDisposable
{
    /// <summary>Chooses each condition's expert and encodes the condition, once for all pictures and steps.</summary>
    /// <param name="experts">The experts; the one without modality is ε(z_t, t).</param>
    /// <param name="conditions">At most one of each modality; none at all leaves the unconditional expert alone.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut in a condition.</param>
    /// <exception cref="McdmException">An expert is missing, two conditions share a modality, a condition does not fit, or the spaces differ.</exception>
    public WeightedExperts(IReadOnlyList<IExpert> experts, IReadOnlyList<Condition> conditions, Action<string>? note = null)
    {
        if (conditions.GroupBy(condition => condition.Modality).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new McdmException("ConditionTwice", ErrorKind.InvalidArgument,
                $"{twice.Count()} {twice.Key} conditions were given for one picture ({string.Join("; ", twice)}); give one of each modality.");
        }
        // A condition's place in the sum is its modality's, so that the order in which conditions came changes nothing.
        var chosen = conditions.OrderBy(condition => condition.Modality).Select(condition => (Expert: Find(experts, condition.Modality), Condition: condition)).ToList();
        // One condition of weight 1 leaves nothing of ε_u; its network need not run.
        double rest = conditions.OrderBy(condition => condition.Modality).Aggregate(1.0, (sum, condition) => sum - condition.Weight);
        var unconditional = rest == 0 ? null : Find(experts, null);
        var used = chosen.Select(term => term.Expert).Append(unconditional).OfType<IExpert>().ToList();
        foreach (var expert in used) { Model.RequireSameSpace(used[0], expert); }
        Space = used[0].Space;
        using var scope = NewDisposeScope();
        var terms = chosen.Select(term => (term.Expert, (Tensor?)term.Expert.Encode(term.Condition, note), term.Condition.Weight)).ToList();
        foreach (var (_, condition, _) in terms) { condition!.DetachFromDisposeScope(); }
        if (unconditional is not null) { terms.Add((unconditional, null, rest)); }
        Terms = terms;
    }

    /// <summary>The space of all experts used.</summary>
    public LatentSpace Space { get; }

    /// <summary>Network evaluations a step: N + 1, or N where ε_u drops out.</summary>
    public int EvaluationsPerStep => Terms.Count;

    /// <summary>The experts in the order of their modalities, ε_u's last; encoded conditions have batch dimension 1.</summary>
    internal IReadOnlyList<(IExpert Expert, Tensor? Condition, double Weight)> Terms { get; }

    private static IExpert Find(IReadOnlyList<IExpert> experts, Modality? modality) => experts.FirstOrDefault(expert => expert.Modality == modality)
        ?? throw new McdmException("ExpertMissing", ErrorKind.NotFound, $"There is no {Model.NameOf(modality)} expert; there are: {string.Join(", ", experts.Select(e => Model.NameOf(e.Modality)))}.");

    /// <summary>Gives the encoded conditions' memory back; the experts stay.</summary>
    public void Dispose()
    {
        foreach (var term in Terms) { term.Condition?.Dispose(); }
    }
}
