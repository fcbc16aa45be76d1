using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>
/// The Kronecker product of a small matrix and a smaller layer, <c>Δ[a·|b| + b, c·|d| + d] = first[a, c] · second[b, d]</c> (LoKr: Edalati et al. 2022, Yeh
/// et al. 2023).
/// </summary>
/// <param name="First">[a, c]</param>
/// <param name="Second">[b, d · kernel²]</param>
/// <param name="Scale">Strength, times alpha / rank where one of them is a product.</param>
internal sealed record KroneckerProduct(Tensor First, Tensor Second, double Scale) : AddedChange(Scale)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => [First, Second];

    /// <inheritdoc/>
    public override long Rows => First.shape[0] * Second.shape[0];

    /// <inheritdoc/>
    public override long Columns => First.shape[1] * Second.shape[1];

    /// <inheritdoc/>
    protected override Tensor Difference() => einsum("ac,bd->abcd", First, Second);
}
