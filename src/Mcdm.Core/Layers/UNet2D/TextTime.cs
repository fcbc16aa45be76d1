using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>What a U-Net is told with the time: a sentence as one vector, and sizes of the picture (Podell et al. 2023, section 2.2).</summary>
/// <param name="Pooled">The sentence, [batch or 1, width].</param>
/// <param name="Sizes">
/// In pixels, height before width and top before left: the size of the original picture, where the crop of it began, and the size that is wanted;
/// [batch or 1, 6].
/// </param>
internal sealed record TextTime(Tensor Pooled, Tensor Sizes)
{
    /// <summary>Some rows of a batch; these themselves where they serve all rows alike.</summary>
    public TextTime At(IReadOnlyList<int> rows) => new(Pooled.Rows(rows), Sizes.Rows(rows));
}
