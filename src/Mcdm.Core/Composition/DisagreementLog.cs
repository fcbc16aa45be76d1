using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>Keeps how far apart the experts of a batch are at every noise level: the lengths and angles of δ_i = ε_i − ε_u.</summary>
internal sealed class DisagreementLog
{
    private const int Digits = 4;
    private readonly SortedDictionary<int, Dictionary<(Modality, Modality), double[]>> _products = new(Comparer<int>.Create((a, b) => b.CompareTo(a)));

    /// <summary>Takes note of the predictions at z_t; without ε_u among them there is nothing to compare with. Of several at one level the last counts.</summary>
    public void Record(Tensor z, int t, IReadOnlyList<Prediction> predictions)
    {
        if (predictions.Count < 2 || !predictions[^1].IsUnconditional) { return; }
        using var scope = NewDisposeScope();
        var unconditional = zeros_like(z);
        predictions[^1].Term.AddTo(unconditional, predictions[^1].Noise);
        var known = zeros(z.shape[0], 1, 1, 1, device: z.device);
        predictions[^1].Term.AddTo(known, ones(predictions[^1].Noise.shape[0], 1, 1, 1, device: z.device));
        var deltas = predictions.SkipLast(1).Select(prediction =>
        {
            var delta = zeros_like(z);
            prediction.Term.AddTo(delta, prediction.Noise - prediction.Term.Take(unconditional));
            return (Modality: prediction.Term.Modality!.Value, Delta: (delta * known).flatten(1));
        }).ToList();
        var products = new Dictionary<(Modality, Modality), double[]>();
        for (int i = 0; i < deltas.Count; i++)
        {
            for (int j = i; j < deltas.Count; j++)
            {
                products[(deltas[i].Modality, deltas[j].Modality)] = (deltas[i].Delta * deltas[j].Delta).to(ScalarType.Float64).sum(1).cpu().data<double>().ToArray();
            }
        }
        _products[t] = products;
    }

    /// <summary>What was seen for some pictures of the batch, as if they were one: norms and products are their means.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="modalities">The pictures' own conditions, rising.</param>
    /// <returns>Null where nothing was seen.</returns>
    public Disagreement? Of(int first, int count, IReadOnlyList<Modality> modalities)
    {
        double Mean(Dictionary<(Modality, Modality), double[]> products, Modality a, Modality b) => products[(a, b)].Skip(first).Take(count).Average();
        var seen = _products.Where(level => modalities.All(modality => level.Value.ContainsKey((modality, modality)) && Mean(level.Value, modality, modality) > 0)).ToList();
        if (seen.Count == 0 || modalities.Count == 0) { return null; }
        return new Disagreement
        {
            Levels = seen.ConvertAll(level => level.Key),
            Norms = modalities.Select(modality => new ConditionNorms(modality,
                seen.ConvertAll(level => Math.Round(Math.Sqrt(Mean(level.Value, modality, modality)), Digits)))).ToList(),
            Cosines = modalities.SelectMany((a, i) => modalities.Skip(i + 1).Select(b => new ConditionCosines(a, b, seen.ConvertAll(level =>
                Math.Round(Mean(level.Value, a, b) / Math.Sqrt(Mean(level.Value, a, a) * Mean(level.Value, b, b)), Digits))))).ToList(),
        };
    }
}
