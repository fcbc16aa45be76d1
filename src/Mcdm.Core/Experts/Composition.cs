using Mcdm.Diffusion.Composition;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// One picture's side of equation (12): the experts that act on its conditions, what each condition became for its expert, and their weights w_i;
/// ε_u's term comes last, where it counts.
/// </summary>
public sealed class Composition : IDisposable
{
    private readonly Combiner _combiner;

    /// <summary>Chooses each condition's expert and encodes the condition, once for all pictures and steps.</summary>
    /// <param name="experts">The experts; the one without modality is ε(z_t, t).</param>
    /// <param name="conditions">Any number of any modalities; none at all leaves the unconditional expert alone.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut in a condition.</param>
    /// <param name="combiner">
    /// How the predictions will be combined, which says what terms there are and whether ε_u is needed; null for <see cref="Product"/>.
    /// </param>
    /// <param name="negativePrompt">
    /// What ε_u reads in place of the empty prompt, where it reads prompts; null for nothing. (A condition of negative weight is something else: NOT.)
    /// </param>
    /// <exception cref="McdmException">
    /// An expert is missing or is not the only one that is meant, a condition or a region does not fit, the spaces differ, or a mixture's
    /// weights are no shares.
    /// </exception>
    public Composition(IReadOnlyList<IExpert> experts, IReadOnlyList<Condition> conditions, Action<string>? note = null,
        Combiner? combiner = null, string? negativePrompt = null) : this(experts, conditions, note, combiner, negativePrompt, null, null)
    {
    }

    /// <inheritdoc cref="Composition(IReadOnlyList{IExpert}, IReadOnlyList{Condition}, Action{string}?, Combiner?, string?)"/>
    /// <param name="experts">The experts.</param>
    /// <param name="conditions">The conditions.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut in a condition.</param>
    /// <param name="combiner">How the predictions will be combined; null for <see cref="Product"/>.</param>
    /// <param name="negativePrompt">What ε_u reads in place of the empty prompt; null for nothing.</param>
    /// <param name="hole">What networks that fill holes are shown; null where all of the picture is drawn anew.</param>
    /// <param name="frame">What the picture is to look cut out of; null for nothing larger.</param>
    internal Composition(IReadOnlyList<IExpert> experts, IReadOnlyList<Condition> conditions, Action<string>? note, Combiner? combiner, string? negativePrompt,
        Hole? hole, PictureFrame? frame = null)
    {
        frame ??= new PictureFrame();
        _combiner = combiner ??= new Product();
        Conditions = Condition.InOrder(conditions);
        var chosen = Conditions.Select(condition => (Expert: experts.For(condition), Condition: condition)).ToList();
        foreach (var (expert, _) in chosen) { Model.RequireSameSpace(chosen[0].Expert, expert); }
        Space = chosen.Count > 0 ? chosen[0].Expert.Space : experts.Unconditional().Space;
        foreach (var condition in Conditions) { RequireLevels(condition); }
        Bridges = chosen.Select(term => term.Expert).OfType<CrossingExpert>().Select(expert => expert.Bridge).Distinct().ToList();
        if (Bridges.Count > 0 && combiner is not WeightedSum)
        {
            throw new McdmException("CombinerBridge", ErrorKind.InvalidArgument,
                $"What the {chosen.First(term => term.Expert is CrossingExpert).Expert.Name} expert asks for is added to what the model predicts without "
                    + $"conditions, for it works in another space; the combiner {combiner} adds nothing to that. Product and Projection do.");
        }
        if (Expert.Of(chosen.Count > 0 ? chosen[0].Expert : experts.Unconditional())?.SizeHint(Space) is { } size) { note?.Invoke(size); }
        using var scope = NewDisposeScope();
        var negative = negativePrompt is null ? null : Condition.FromNegative(negativePrompt);
        List<ExpertTerm> terms;
        Func<ExpertTerm> unconditional;
        if (combiner.Terms is TermKind.Hosting or TermKind.Fusing)
        {
            (terms, var hosting, Understood, Owners) = ResidualSum.Terms(experts, chosen, (expert, condition) => TermsOf(expert, condition, note), negative,
                combiner, note);
            unconditional = () => hosting;
        }
        else
        {
            var each = chosen.ConvertAll(term => TermsOf(term.Expert, term.Condition, note));
            terms = each.SelectMany(terms => terms).ToList();
            if (combiner.Terms == TermKind.Guided) { terms = terms.ConvertAll(term => GuidedExpert.Of(term, hole, frame)); }
            Owners = each.SelectMany((terms, place) => Enumerable.Repeat(place, terms.Count)).ToList();
            Understood = each.Zip(Conditions, (terms, condition) => terms[0].Normal ?? condition).ToList();
            unconditional = () => ExpertTerm.Unconditional(experts.Unconditional(), negative, note);
        }
        Labels = LabelsOf(terms);
        HasUnconditional = Bridges.Count > 0 || combiner.NeedsUnconditional(terms.ConvertAll(term => term.Weight));
        bool isAgainst = negative is not null && terms.Exists(IsAgainst);
        var rest = HasUnconditional || isAgainst ? unconditional() : null;
        if (isAgainst) { terms = terms.ConvertAll(term => IsAgainst(term) ? term with { Inputs = term.Inputs!.Against(rest!.Inputs) } : term); }
        if (HasUnconditional)
        {
            terms.Add(rest!);
            Model.RequireSameSpace(terms[0].Expert, terms[^1].Expert);
        }
        foreach (var other in terms.Select(term => term.Expert).OfType<ProcessExpert>().Distinct()) { if (other.Hint is { } hint) { note?.Invoke(hint); } }
        terms = terms.ConvertAll(term => IsOfThisSpace(term) ? term with { Inputs = term.Inputs?.Framed(frame, Space) } : term);
        if (hole is not null) { terms = terms.ConvertAll(term => IsOfThisSpace(term) ? term with { Inputs = term.Inputs?.Filling(hole) } : term); }
        var notShown = terms.ConvertAll(term => term.Inputs?.NotShown);
        Doubts = terms.Select(term => term.Doubt).Append(notShown.Contains(null) ? null : $"{notShown[0]}.").OfType<string>().Distinct().ToList();
        foreach (var term in terms)
        {
            term.Inputs?.DetachFromDisposeScope();
            term.Region?.DetachFromDisposeScope();
        }
        Terms = terms;
    }

    private static bool IsAgainst(ExpertTerm term) => IsOfThisSpace(term) && term.Inputs?.SaysNothing == true;

    /// <summary>What is shown to the model that draws, its hole and its negative prompt, is none of the others' business.</summary>
    private static bool IsOfThisSpace(ExpertTerm term) => term.Expert is not CrossingExpert;

    /// <summary>The space of all experts used.</summary>
    public LatentSpace Space { get; }

    /// <summary>The conditions in the order in which they are composed.</summary>
    public IReadOnlyList<Condition> Conditions { get; }

    /// <summary>The conditions as their experts understood them, in the same order.</summary>
    public IReadOnlyList<Condition> Understood { get; }

    /// <summary>Why experts may not make of their conditions what is meant, in a sentence each.</summary>
    public IReadOnlyList<string> Doubts { get; }

    /// <summary>Whether ε_u takes part.</summary>
    internal bool HasUnconditional { get; }

    /// <summary>What each term but ε_u's is called: its expert's name, with a number where an expert reads several.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Of each term but ε_u's, the place of its condition among <see cref="Conditions"/>; one condition may make several terms.</summary>
    public IReadOnlyList<int> Owners { get; }

    /// <summary>Network evaluations a step: N + 1, or N where ε_u drops out; and those of each other space's own ε_u.</summary>
    public int EvaluationsPerStep => Terms.Count + Bridges.Sum(bridge => bridge.Evaluations);

    /// <summary>Multiplications of a step, roughly, where no expert shares anything with another.</summary>
    internal double MultiplicationsPerStep => Terms.Sum(term => Multiplications((term.Expert as CrossingExpert)?.Expert ?? term.Expert))
        + Terms.Select(term => term.Expert).OfType<CrossingExpert>().DistinctBy(expert => expert.Bridge)
            .Sum(expert => expert.Bridge.Evaluations * Multiplications(expert.Unconditional));

    /// <summary>Runs of autoencoders' encoders and decoders a step; none where all experts are of one space.</summary>
    public int CodingsPerStep => Terms.Select(term => term.Expert).OfType<CrossingExpert>().GroupBy(expert => expert.Bridge)
        .Sum(group => group.Key.Codings(group.Count()));

    /// <summary>Over what the conditions act that experts of other spaces read; none for most.</summary>
    public IReadOnlyList<Bridge> Bridges { get; }

    /// <summary>The terms in the order of <see cref="Conditions"/> (but those that one evaluation reads together), ε_u's last.</summary>
    internal IReadOnlyList<ExpertTerm> Terms { get; }

    private static double Multiplications(IExpert expert) => Expert.Of(expert)?.Multiplications(expert.Space) ?? 0;

    /// <summary>Whether ε_u takes part at a noise level: at some, the weights may leave nothing of it.</summary>
    /// <param name="t">The level.</param>
    internal bool NeedsUnconditionalAt(double t) => Terms[^1].Expert.Modality is null
        && (Terms.Any(term => term.Expert is CrossingExpert && term.At(t) != 0)
            || _combiner.NeedsUnconditional(Terms.SkipLast(1).Select(term => term.WeightAt(t)).ToList()));

    /// <summary>The terms of a condition: mostly one.</summary>
    private List<ExpertTerm> TermsOf(IExpert expert, Condition condition, Action<string>? note)
    {
        if (Expert.Of(expert)?.Unread(condition) is { } unread)
        {
            throw new McdmException("ConditionUnread", ErrorKind.InvalidArgument,
                $"The {expert.Name} expert does not read the -{unread} of {condition}: "
                + (unread == nameof(Condition.Guidance) ? "its network was not distilled under guidance; -Weight is what guides it."
                    : "its network does not change pictures; -Weight is its only weight."));
        }
        var encoded = expert.Encode(condition, note);
        return [Term(encoded), .. encoded.Further.Select(Term)];

        ExpertTerm Term(EncodedInputs one)
        {
            Condition.RequireWeight(condition.Weight * one.Factor);
            return new ExpertTerm(expert, one.Inputs)
            {
                Normal = one.Normal,
                Doubt = one.Doubt,
                Number = condition.Weight * one.Factor,
                Schedule = condition.Schedule,
                EndLevel = (expert as CrossingExpert)?.EndLevel ?? 0,
                Region = condition.Region is { } region ? RegionTensor(region, note).to(one.Inputs.Tensors[0].device) : null,
            };
        }
    }

    private void RequireLevels(Condition condition)
    {
        if (condition.Schedule?.Points[^1].Level is { } last && last > Space.Process.Steps)
        {
            throw new McdmException("ScheduleInvalid", ErrorKind.InvalidArgument,
                $"The schedule of {condition} names noise level {last}; the model's levels go from 1 (hardly any noise) to {Space.Process.Steps}, "
                    + "which is noise alone.");
        }
    }

    /// <summary>A region of any size at z's resolution: in a latent space each latent has the mean of its pixels.</summary>
    private Tensor RegionTensor(Picture region, Action<string>? note)
    {
        var pixels = RegionPixels(region, Space, note);
        return Space.Factor == 1 ? pixels : nn.functional.avg_pool2d(pixels, Space.Factor);
    }

    /// <summary>A region of any size at the pictures' size, 0…1, float32 [1, 1, height, width].</summary>
    internal static Tensor RegionPixels(Picture region, LatentSpace space, Action<string>? note) =>
        PictureTensor.Brightness(PictureResize.ToSize(region, space.PictureWidth, space.PictureHeight, ResizeKind.Smooth, note));

    private static List<string> LabelsOf(IReadOnlyList<ExpertTerm> terms) => terms.Select((term, i) =>
    {
        int before = terms.Take(i).Count(other => other.Expert.Name == term.Expert.Name);
        return before == 0 ? term.Expert.Name : $"{term.Expert.Name} {before + 1}";
    }).ToList();

    /// <summary>Disposes the encoded conditions; the experts stay.</summary>
    public void Dispose()
    {
        foreach (var term in Terms) { term.Dispose(); }
    }
}
