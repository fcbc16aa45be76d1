using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>All of Δ, number by number: what a layer that was trained as a whole has beside the one it began as.</summary>
/// <param name="Value">Δ, of the tensor's shape or another with as many numbers.</param>
/// <param name="Scale">Strength.</param>
internal sealed record WholeDifference(Tensor Value, double Scale) : AddedChange(Scale)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => [Value];

    /// <inheritdoc/>
    public override long Rows => Value.shape[0];

    /// <inheritdoc/>
    public override long Columns => Value.numel() / Math.Max(1, Rows);

    /// <inheritdoc/>
    protected override Tensor Difference() => Value;
}
