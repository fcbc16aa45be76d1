using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>
/// One picture's side of a composition: the experts that speak for its conditions, what each condition became for its
/// expert, and their weights w_i.
/// </summary>
public sealed class WeightedExperts : IDisposable
{
    /// <summary>Chooses each condition's expert and encodes the condition, once for all pictures and steps.</summary>
    /// <param name="experts">The experts; the one without modality is ε(z_t, t).</param>
    /// <param name="conditions">At most one of each modality; none at all leaves the unconditional expert alone.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut in a condition.</param>
    /// <param name="calibrated">Factors of the weights over the noise levels, as <see cref="WeightCalibration"/> finds them; null for none.</param>
    /// <param name="combiner">How the predictions will be combined, which says whether ε_u is needed.</param>
    /// <exception cref="McdmException">
    /// An expert is missing, two conditions share a modality, a condition or a region does not fit, the spaces differ, or a mixture's
    /// weights are no shares.
    /// </exception>
    public WeightedExperts(IReadOnlyList<IExpert> experts, IReadOnlyList<Condition> conditions, Action<string>? note = null,
        IReadOnlyDictionary<Modality, WeightSchedule>? calibrated = null, CombinerKind combiner = CombinerKind.Product)
    {
        if (conditions.GroupBy(condition => condition.Modality).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new McdmException("ConditionTwice", ErrorKind.InvalidArgument,
                $"{twice.Count()} {twice.Key} conditions were given for one picture ({string.Join("; ", twice)}); give one of each modality.");
        }
        // A condition's place in the sum is its modality's, so that the order in which conditions came changes nothing.
        var chosen = conditions.OrderBy(condition => condition.Modality).Select(condition => (Expert: Find(experts, condition.Modality), Condition: condition)).ToList();
        foreach (var (expert, _) in chosen) { Model.RequireSameSpace(chosen[0].Expert, expert); }
        Space = chosen.Count > 0 ? chosen[0].Expert.Space : Find(experts, null).Space;
        using var scope = NewDisposeScope();
        var terms = chosen.Select(term => Term(term.Expert, term.Condition, calibrated, note)).ToList();
        if (Combiners.NeedsUnconditional(combiner, terms))
        {
            var unconditional = Find(experts, null);
            if (chosen.Count > 0) { Model.RequireSameSpace(chosen[0].Expert, unconditional); }
            terms.Add(new ExpertTerm(unconditional, null));
        }
        foreach (var term in terms)
        {
            term.Condition?.DetachFromDisposeScope();
            term.Region?.DetachFromDisposeScope();
        }
        Terms = terms;
    }

    /// <summary>The space of all experts used.</summary>
    public LatentSpace Space { get; }

    /// <summary>Network evaluations a step: N + 1, or N where ε_u drops out.</summary>
    public int EvaluationsPerStep => Terms.Count;

    /// <summary>The experts in the order of their modalities, ε_u's last.</summary>
    internal IReadOnlyList<ExpertTerm> Terms { get; }

    private ExpertTerm Term(IExpert expert, Condition condition, IReadOnlyDictionary<Modality, WeightSchedule>? calibrated, Action<string>? note)
    {
        WeightSchedule?[] schedules = [condition.Schedule, calibrated?.GetValueOrDefault(condition.Modality)];
        var encoded = expert.Encode(condition, note);
        return new ExpertTerm(expert, encoded)
        {
            Number = condition.Weight,
            Schedules = schedules.OfType<WeightSchedule>().ToList(),
            Region = condition.Region is { } region ? RegionTensor(region, condition).to(encoded.device) : null,
        };
    }

    /// <summary>A region at z's resolution: in a latent space each latent has the mean of its pixels.</summary>
    private Tensor RegionTensor(Picture region, Condition condition)
    {
        if (region.Width != Space.PictureWidth || region.Height != Space.PictureHeight)
        {
            throw new McdmException("RegionSize", ErrorKind.InvalidArgument,
                $"The region of the {condition.Modality} condition is {region.Width}×{region.Height}, but the model's pictures are {Space.PictureWidth}×{Space.PictureHeight}; draw it at their size, white where the condition speaks.");
        }
        var pixels = PictureTensor.Brightness(region);
        return Space.Factor == 1 ? pixels : nn.functional.avg_pool2d(pixels, Space.Factor);
    }

    private static IExpert Find(IReadOnlyList<IExpert> experts, Modality? modality) => experts.FirstOrDefault(expert => expert.Modality == modality)
        ?? throw new McdmException("ExpertMissing", ErrorKind.NotFound, $"There is no {Model.NameOf(modality)} expert; there are: {string.Join(", ", experts.Select(e => Model.NameOf(e.Modality)))}.");

    /// <summary>Gives the encoded conditions' memory back; the experts stay.</summary>
    public void Dispose()
    {
        foreach (var term in Terms) { term.Dispose(); }
    }
}
