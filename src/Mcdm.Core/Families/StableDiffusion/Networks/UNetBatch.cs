using Mcdm.Layers;
using Mcdm.Layers.UNet2D;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>What a U-Net reads, row by row, beside what pictures add.</summary>
/// <param name="Sample">Noisy latents, [batch, input channels, height, width].</param>
/// <param name="Time">Time steps 0…T−1 (its own count, from 0), float32 or int64 [batch or 1].</param>
/// <param name="Context">The encoded prompts, [batch or 1, tokens, context channels].</param>
internal sealed record UNetBatch(Tensor Sample, Tensor Time, Tensor Context)
{
    /// <summary>What a network of Stable Diffusion XL is told with the time; null for others.</summary>
    public TextTime? Told { get; init; }

    /// <summary>The guidance that it acts under where it reads one, [batch or 1]; null for 1.</summary>
    public Tensor? Guidance { get; init; }

    /// <summary>Rows.</summary>
    public int Count => (int)Sample.shape[0];

    /// <summary>Some rows.</summary>
    public UNetBatch At(IReadOnlyList<int> rows) => new(Sample.Rows(rows), Time.Rows(rows), Context.Rows(rows))
    {
        Told = Told?.At(rows),
        Guidance = Guidance?.Rows(rows),
    };

    /// <summary>For each row the first that is equal to it, number for number.</summary>
    /// <param name="apart">Rows that are taken for equal to none.</param>
    public int[] FirstOfEqual(IReadOnlySet<int> apart)
    {
        using var scope = NewDisposeScope();
        var first = Enumerable.Range(0, Count).Select(row => apart.Contains(row) ? row : -1).ToArray();
        for (int row = 0; row < Count; row++)
        {
            if (first[row] >= 0) { continue; }
            first[row] = row;
            var equal = ones(Count, ScalarType.Bool, Sample.device);
            foreach (var tensor in new[] { Sample, Time, Context, Told?.Pooled, Told?.Sizes, Guidance })
            {
                if (tensor?.shape[0] > 1) { equal = equal & tensor.eq(tensor.narrow(0, row, 1)).reshape(Count, -1).all(1); }
            }
            var like = equal.cpu().data<bool>().ToArray();
            for (int other = row + 1; other < Count; other++)
            {
                if (like[other] && first[other] < 0) { first[other] = row; }
            }
        }
        return first;
    }
}
