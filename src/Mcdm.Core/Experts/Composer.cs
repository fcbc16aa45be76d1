using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// Asks experts that were trained apart for what a rule of <see cref="Mcdm.Diffusion.Composition"/> combines. The pictures of a batch may differ in
/// their conditions and weights: an expert evaluates those that it acts on, and its rows are scattered here into dense predictions.
/// </summary>
public sealed class Composer : IDisposable
{
    private readonly List<BatchTerm> _terms;

    /// <summary>ε_u, for the pictures of each kind: what it reads may have another length, or other additions, in each.</summary>
    private readonly List<BatchTerm> _unconditional;
    private readonly int[][] _places;
    private readonly IReadOnlyList<Composition> _pictures;
    private readonly Composition? _owned;

    /// <summary>One composition, for a batch of any size.</summary>
    /// <param name="experts">The experts; the one without modality is ε(z_t, t).</param>
    /// <param name="conditions">Any number of any modalities; none at all leaves the unconditional expert alone.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut in a condition.</param>
    /// <exception cref="McdmException">As for <see cref="Composition"/>.</exception>
    public Composer(IReadOnlyList<IExpert> experts, IReadOnlyList<Condition> conditions, Action<string>? note = null)
        : this(new Composition(experts, conditions, note))
    {
    }

    /// <summary>A composition for each picture of a batch. Where all are one and the same, the batch may have any size.</summary>
    /// <param name="pictures">The pictures' experts and conditions, of one space; they stay the caller's.</param>
    /// <exception cref="McdmException">The pictures' spaces differ.</exception>
    public Composer(IReadOnlyList<Composition> pictures)
    {
        foreach (var picture in pictures) { Model.RequireSameSpace(pictures[0].Terms[0].Expert, picture.Terms[0].Expert); }
        Space = pictures[0].Space;
        bool same = pictures.All(picture => picture == pictures[0]);
        var rows = pictures.Take(same ? 1 : pictures.Count).ToList();
        _pictures = rows;
        using var scope = NewDisposeScope();
        // Terms of different pictures lie in one place where they are of one kind and equally many of that kind come before them.
        var placed = rows.SelectMany((picture, row) => picture.Terms.Select((term, i) => (Term: term, Row: row, Index: i,
            Before: picture.Terms.Take(i).Count(other => other.Kind.Equals(term.Kind))))).ToList();
        var groups = placed.GroupBy(entry => (entry.Term.Kind, entry.Before))
            .OrderBy(group => group.Key.Kind.Expert.Modality?.Order ?? int.MaxValue)
            .ThenBy(group => group.Key.Kind.Expert.Name, StringComparer.Ordinal).ThenBy(group => group.Key.Before).ToList();
        var terms = groups.ConvertAll(group =>
            new BatchTerm(group.Select(entry => entry.Term).ToList(), group.Count() == rows.Count ? null : group.Select(entry => (long)entry.Row).ToArray()));
        _terms = terms.Where(term => term.Modality is not null).ToList();
        _unconditional = terms.FindAll(term => term.Modality is null);
        _places = rows.Select((picture, row) => picture.Terms.Where(term => term.Expert.Modality is not null)
            .Select((_, i) => groups.FindIndex(group => group.Any(entry => entry.Row == row && entry.Index == i))).ToArray()).ToArray();
    }

    private Composer(Composition owned) : this([owned]) => _owned = owned;

    /// <summary>The space of all experts used.</summary>
    public LatentSpace Space { get; }

    /// <summary>The seed of each picture of a batch, for noise that experts of other spaces are shown; null for 0.</summary>
    public IReadOnlyList<long>? Seeds { get; init; }

    /// <summary>Networks evaluated in a step, each on the pictures it acts on.</summary>
    public int EvaluationsPerStep =>
        _terms.Count + _unconditional.Count + _pictures.SelectMany(picture => picture.Bridges).Distinct().Sum(bridge => bridge.Evaluations);

    /// <summary>The places that a picture's conditions have among the predictions' terms, in the order of <see cref="Composition.Conditions"/>.</summary>
    /// <param name="picture">Its number in the batch.</param>
    public IReadOnlyList<int> PlacesOf(int picture) => _places[Math.Min(picture, _places.Length - 1)];

    /// <summary>What the experts predict at z_t.</summary>
    /// <param name="z">Noisy pictures z_t, float32 [batch, channels, height, width].</param>
    /// <param name="level">t, with α_t and σ_t.</param>
    /// <returns>Dense predictions; the caller owns them.</returns>
    public Predictions Predict(Tensor z, NoiseLevel level)
    {
        using var scope = NewDisposeScope();
        int[] runs = Runs(z);
        // What weighs nothing at this level is not evaluated.
        bool[] skipped = _terms.Select(term => term.IsZeroAt(level.T)).ToArray();
        var acting = _terms.Where((term, i) => !skipped[i] && term.Expert is not CrossingExpert).ToList();
        var rest = _pictures.Any(picture => picture.NeedsUnconditionalAt(level.T)) ? _unconditional : [];
        acting.AddRange(rest);
        var asked = acting.ConvertAll(term => term.Ask(z, runs));
        var predicted = ExpertRows.Predict(asked.ConvertAll(term => term.Asked), level);
        var predictions = new Queue<Tensor>(acting.Select((term, i) => term.Spread(z, asked[i].OfAllRows(predicted[i]))));
        var own = _terms.Select((term, i) => skipped[i] || term.Expert is CrossingExpert ? null : predictions.Dequeue()).ToArray();
        var weights = _terms.Select(term => term.Weights(z, level.T)).ToArray();
        var unconditional = rest.Count == 0 ? zeros_like(z) : predictions.Aggregate((sum, next) => sum + next);
        var crossed = Crossed(z, level, unconditional, _terms.Where((term, i) => !skipped[i] && term.Expert is CrossingExpert));
        var noise = own.Select((prediction, i) => prediction ?? crossed.GetValueOrDefault(_terms[i]) ?? zeros_like(z)).ToArray();
        int pictures = (int)z.shape[0];
        var counts = rest.ConvertAll(term => term.ActsOn(pictures));
        return new Predictions(
            unconditional.MoveToOuterDisposeScope(),
            (noise.Length == 0 ? zeros([0, .. z.shape], device: z.device) : stack(noise)).MoveToOuterDisposeScope(),
            (weights.Length == 0 ? zeros([0, pictures, 1, 1, 1], device: z.device) : stack(Alike(weights))).MoveToOuterDisposeScope(),
            _terms.Select((term, i) => skipped[i] ? new bool[pictures] : term.ActsOn(pictures)).ToList(),
            [.. Enumerable.Range(0, pictures).Select(picture => counts.Exists(acts => acts[picture]))])
        {
            Kind = Space.Prediction,
            Experts = _terms.ConvertAll(term => term.Expert.Name),
        };
    }

    /// <summary>What experts of other spaces predict, who are asked after ε_u: about the pictures that it guesses.</summary>
    private Dictionary<BatchTerm, Tensor> Crossed(Tensor z, NoiseLevel level, Tensor unconditional, IEnumerable<BatchTerm> terms)
    {
        var crossed = new Dictionary<BatchTerm, Tensor>();
        foreach (var group in terms.GroupBy(term => ((CrossingExpert)term.Expert).Bridge))
        {
            var denoised = Space.Prediction.Denoised(unconditional, z, level);
            // Pictures that none of the group's conditions belong to are not decoded.
            long[] rows = [.. Enumerable.Range(0, (int)z.shape[0]).Where(row => group.Any(term => term.Rows?.Contains(row) ?? true)).Select(row => (long)row)];
            var asked = rows.Length == z.shape[0] ? denoised : denoised.index_select(0, tensor(rows, device: z.device));
            var pushes = group.Key.Pushes(asked, level, [.. rows.Select(row => Seeds is { } seeds ? seeds[(int)row] : 0)],
                ((CrossingExpert)group.First().Expert).Unconditional,
                [.. group.Select(term => (((CrossingExpert)term.Expert).Expert, term.Inputs, term.Rows is null || term.Rows.SequenceEqual(rows) ? null
                    : Array.ConvertAll(term.Rows, row => (long)Array.IndexOf(rows, row))))]);
            foreach (var (term, push) in group.Zip(pushes))
            {
                crossed[term] = PredictionKind.Sample.Convert(Space.Prediction, denoised + term.Spread(z, push), z, level);
            }
        }
        return crossed;
    }

    /// <summary>Weights of numbers spread out where others are maps.</summary>
    private static Tensor[] Alike(Tensor[] weights)
    {
        long[] largest = weights.MaxBy(weight => weight.shape[2])!.shape;
        return Array.ConvertAll(weights, weight => weight.expand(largest));
    }

    /// <summary>Of each picture, the number of the run of equal pictures, side by side, that it lies in.</summary>
    private static int[] Runs(Tensor z)
    {
        if (z.shape[0] == 1) { return [0]; }
        var same = z[1..].eq(z[..^1]).flatten(1).all(1).cpu().data<bool>().ToArray();
        int run = 0;
        return [0, .. same.Select(copy => copy ? run : ++run)];
    }

    /// <summary>Disposes the encoded conditions; the experts stay.</summary>
    public void Dispose()
    {
        foreach (var term in _terms) { term.Dispose(); }
        foreach (var term in _unconditional) { term.Dispose(); }
        _owned?.Dispose();
    }
}
