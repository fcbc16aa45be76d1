using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>
/// A product of two thin matrices, Δ = up · down (LoRA: Hu et al. 2021; of convolutions too LoCon: Yeh et al. 2023). Where nothing else changes a layer's
/// weights, the layer runs both beside its own.
/// </summary>
/// <param name="Down">[rank, input · kernel²]</param>
/// <param name="Up">[output, rank]</param>
/// <param name="Scale">Strength · alpha / rank.</param>
internal sealed record LowRank(Tensor Down, Tensor Up, double Scale) : AddedChange(Scale)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => [Down, Up];

    /// <inheritdoc/>
    public override long Rows => Up.shape[0];

    /// <inheritdoc/>
    public override long Columns => Down.shape[1];

    /// <inheritdoc/>
    protected override Tensor Difference() => Up.matmul(Down);
}
