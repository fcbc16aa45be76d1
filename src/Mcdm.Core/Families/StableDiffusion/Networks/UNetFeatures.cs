using Mcdm.Layers;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>What the first half of a U-Net gives, which its second half reads.</summary>
/// <param name="Skips">The skips, the first first, [batch, channels, height, width] each.</param>
/// <param name="Middle">What the middle gives.</param>
internal sealed record UNetFeatures(IReadOnlyList<Tensor> Skips, Tensor Middle) : IDisposable
{
    /// <summary>
    /// Rows of it, with what is added to them: tensors of their own where something is, so that others may read the same rows.
    /// </summary>
    /// <param name="rows">The rows' numbers, each as often as it is wanted.</param>
    /// <param name="added">What is added to each skip and, last, to the middle.</param>
    public UNetFeatures With(IReadOnlyList<int> rows, IReadOnlyList<AddedRows> added)
    {
        return new(Skips.Select(At).ToList(), At(Middle, Skips.Count));

        Tensor At(Tensor x, int place)
        {
            var own = x.shape[0] == 1 && rows.Count > 1 ? x.expand(rows.Count, -1, -1, -1) : x.Rows(rows);
            if (added.Count == 0) { return own.alias(); }
            own = own.clone();
            foreach (var one in added) { one.AddTo(place, own); }
            return own;
        }
    }

    /// <summary>Frees their memory.</summary>
    public void Dispose()
    {
        foreach (var skip in Skips) { skip.Dispose(); }
        Middle.Dispose();
    }
}
