using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>Rows that an expert is to predict in one step.</summary>
/// <param name="Expert">The expert.</param>
/// <param name="Z">Noisy pictures z_t, float32 [rows, channels, height, width].</param>
/// <param name="Inputs">What it reads, with 1 row or as many; null for nothing.</param>
internal readonly record struct ExpertRows(IExpert Expert, Tensor Z, ExpertInputs? Inputs)
{
    private long Count => Z.shape[0];

    private long Positions => Z.shape[0] * Z.shape[2] * Z.shape[3];

    /// <summary>
    /// A prediction for each, as <see cref="IExpert.Predict"/> gives it. Experts of one denoiser are evaluated as one batch, as far as it takes them
    /// together and their sequences are of one length.
    /// </summary>
    public static Tensor[] Predict(IReadOnlyList<ExpertRows> all, NoiseLevel level)
    {
        var predictions = new Tensor[all.Count];
        foreach (var group in Enumerable.Range(0, all.Count).GroupBy(i => (all[i].Expert.Denoiser ?? (object)i, all[i].Inputs?.SequenceLength)))
        {
            foreach (var batch in Batches(group, all))
            {
                var together = Together(batch.ConvertAll(i => all[i]), level);
                for (int i = 0; i < batch.Count; i++) { predictions[batch[i]] = together[i]; }
            }
        }
        return predictions;
    }

    private static IEnumerable<List<int>> Batches(IEnumerable<int> group, IReadOnlyList<ExpertRows> all)
    {
        var (batch, positions) = (new List<int>(), 0L);
        foreach (int i in group)
        {
            if (batch.Count > 0 && positions + all[i].Positions > all[i].Expert.Denoiser!.MostPositions)
            {
                yield return batch;
                (batch, positions) = ([], 0);
            }
            batch.Add(i);
            positions += all[i].Positions;
        }
        yield return batch;
    }

    private static Tensor[] Together(List<ExpertRows> batch, NoiseLevel level)
    {
        var (expert, z, inputs) = batch[0];
        if (batch.Count == 1) { return [expert.Predict(z, level, inputs)]; }
        long[] counts = [.. batch.Select(rows => rows.Count)];
        z = cat(batch.Select(rows => rows.Z).ToArray());
        return expert.Predict(z, level, ExpertInputs.Stack(batch.ConvertAll(rows => rows.Inputs), counts)).split(counts);
    }
}
