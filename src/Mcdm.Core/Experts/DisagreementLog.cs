using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>Keeps how far apart the terms of a batch are at every noise level: the lengths and angles of δ_i = ε_i − ε_u.</summary>
internal sealed class DisagreementLog
{
    private const int Digits = 4;

    /// <summary>⟨δ_i, δ_j⟩ by level: [terms, terms, pictures]; NaN for pictures that ε_u does not count for.</summary>
    private readonly SortedDictionary<int, double[,,]> _products = new(Comparer<int>.Create((a, b) => b.CompareTo(a)));

    /// <summary>
    /// Takes note of the predictions at a level; without ε_u among them there is nothing to compare with. Of several at one level the last counts.
    /// </summary>
    public void Record(NoiseLevel level, Predictions predictions)
    {
        if (predictions.Terms == 0 || !predictions.HasUnconditional.Contains(true)) { return; }
        using var scope = NewDisposeScope();
        // Where a region keeps a condition out, it asks for nothing: conditions whose regions do not meet are not apart.
        var asked = predictions.Weights.shape[3] == 1 ? predictions.Differences() : predictions.Differences() * (predictions.Weights != 0);
        var deltas = asked.flatten(2).to(ScalarType.Float64).transpose(0, 1);
        double[] gram = matmul(deltas, deltas.transpose(1, 2)).cpu().contiguous().data<double>().ToArray();
        int terms = predictions.Terms;
        var products = new double[terms, terms, predictions.Pictures];
        for (int n = 0; n < gram.Length; n++)
        {
            int picture = n / (terms * terms);
            products[n / terms % terms, n % terms, picture] = predictions.HasUnconditional[picture] ? gram[n] : double.NaN;
        }
        _products[level.Nearest] = products;
    }

    /// <summary>What was seen for some pictures of the batch, as if they were one: norms and products are their means.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="places">The places of the pictures' conditions among the terms.</param>
    /// <param name="labels">What the conditions are called.</param>
    /// <param name="owners">Of each, the place of the recipe's condition that it is, or is a part of; null for its own.</param>
    /// <returns>Null where nothing was seen.</returns>
    public Disagreement? Of(int first, int count, IReadOnlyList<int> places, IReadOnlyList<string> labels, IReadOnlyList<int>? owners = null)
    {
        double Mean(double[,,] products, int a, int b) => Enumerable.Range(first, count).Average(picture => products[places[a], places[b], picture]);
        var conditions = Enumerable.Range(0, places.Count).ToList();
        var seen = _products.Where(level => conditions.TrueForAll(i => Mean(level.Value, i, i) > 0)).ToList();
        if (seen.Count == 0 || places.Count == 0) { return null; }
        return new Disagreement
        {
            Levels = seen.ConvertAll(level => level.Key),
            Norms = conditions.ConvertAll(i => new ConditionNorms(labels[i], seen.ConvertAll(level => Math.Round(Math.Sqrt(Mean(level.Value, i, i)), Digits)))
                { Of = owners is null || owners[i] == i ? null : owners[i] }),
            Cosines = conditions.SelectMany(i => conditions.Skip(i + 1).Select(j => new ConditionCosines(labels[i], labels[j], seen.ConvertAll(level =>
                Math.Round(Mean(level.Value, i, j) / Math.Sqrt(Mean(level.Value, i, i) * Mean(level.Value, j, j)), Digits))))).ToList(),
        };
    }
}
