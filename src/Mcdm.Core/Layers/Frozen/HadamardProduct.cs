using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>
/// Two low-rank matrices multiplied number by number, Δ = (a₁ · b₁) ∘ (a₂ · b₂) (LoHa: Hyeon-Woo et al. 2022, Yeh et al. 2023). With cores, for the kernels
/// of convolutions, each is <c>Σ t[i,j,·] a[i,o] b[j,c]</c>.
/// </summary>
/// <param name="First">The first matrix's factors.</param>
/// <param name="Second">The second's.</param>
/// <param name="Scale">Strength · alpha / rank.</param>
internal sealed record HadamardProduct(HadamardProduct.Factors First, HadamardProduct.Factors Second, double Scale) : AddedChange(Scale)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => [.. First.Tensors, .. Second.Tensors];

    /// <inheritdoc/>
    public override long Rows => First.Rows;

    /// <inheritdoc/>
    public override long Columns => First.Columns;

    /// <inheritdoc/>
    protected override Tensor Difference() => First.Product() * Second.Product();

    /// <summary>One of the matrices.</summary>
    /// <param name="A">[output, rank]; [rank, output] beside a core.</param>
    /// <param name="B">[rank, input · kernel²]; [rank, input] beside a core.</param>
    /// <param name="Core">[rank, rank, kernel, kernel]; null for none.</param>
    internal sealed record Factors(Tensor A, Tensor B, Tensor? Core)
    {
        public IEnumerable<Tensor> Tensors => Core is null ? [A, B] : [A, B, Core];

        public long Rows => A.shape[Core is null ? 0 : 1];

        public long Columns => B.shape[1] * (Core is null ? 1 : Core.shape[2] * Core.shape[3]);

        public Tensor Product() => Core is null ? A.matmul(B) : einsum("ijkl,io,jc->ockl", Core, A, B);
    }
}
