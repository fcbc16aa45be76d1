using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.UNet2D;

/// <summary>
/// A picture that cross-attention looks at beside the context, by keys and values of its own: softmax(QKᵀ/√d)·V of its tokens is added to the context's
/// (decoupled cross-attention; Ye et al. 2023, IP-Adapter, equation 5).
/// </summary>
/// <param name="Layers">What makes keys and values of tokens, by the names of the attentions; one that is not named does not look at it.</param>
/// <param name="Tokens">The picture's tokens, [count or 1, tokens, width], in the precision of the computation.</param>
/// <param name="Scale">By what is multiplied what is added, [count or 1].</param>
/// <param name="Mask">Where the picture acts, 0…1, float32 [count or 1, 1, height, width]; null for everywhere.</param>
/// <param name="First">The first row of the batch that it acts on.</param>
/// <param name="Count">How many rows it acts on.</param>
internal sealed record ImageContext(IReadOnlyDictionary<string, (Linear Key, Linear Value)> Layers, Tensor Tokens, Tensor Scale, Tensor? Mask, long First,
    long Count)
{
    /// <summary>What some rows of the batch look at, as a batch of them.</summary>
    /// <param name="rows">The rows' numbers.</param>
    public IEnumerable<ImageContext> At(IReadOnlyList<int> rows) => TensorRows.Within(rows, First, Count).Select(row =>
        this with { Tokens = Tokens.Rows([row.Own]), Scale = Scale.Rows([row.Own]), Mask = Mask?.Rows([row.Own]), First = row.Place, Count = 1 });

    /// <summary>Adds what queries see in the picture.</summary>
    /// <param name="attended">What they see in the context, [batch, queries, heads × width]; changed.</param>
    /// <param name="query">The queries, as <paramref name="attended"/>.</param>
    /// <param name="attention">What the attention is called.</param>
    /// <param name="heads">Its heads.</param>
    public void AddTo(Tensor attended, Tensor query, string attention, long heads)
    {
        if (!Layers.TryGetValue(attention, out var layers)) { return; }
        using var scope = NewDisposeScope();
        var seen = ScaledDotProduct.Attend(query.narrow(0, First, Count), Rows(layers.Key.Forward(Tokens)), Rows(layers.Value.Forward(Tokens)), heads);
        seen = seen * Scale.to(seen.dtype).reshape(-1, 1, 1);
        attended.narrow(0, First, Count).add_(Mask is null ? seen : seen * OnGrid(Mask, query.shape[1]).to(seen.dtype));

        Tensor Rows(Tensor x) => x.expand(Count, -1, -1);
    }

    /// <summary>
    /// A mask at the queries' places as diffusers brings it there: bicubic without antialiasing, to a grid of the mask's shape whose height is rounded down,
    /// or one more where that does not divide their number; what is left over sees nothing.
    /// </summary>
    private static Tensor OnGrid(Tensor mask, long queries)
    {
        long height = Math.Max(1, (long)Math.Sqrt(queries / ((double)mask.shape[3] / mask.shape[2])));
        if (queries % height != 0) { height++; }
        var grid = functional.interpolate(mask, size: [height, queries / height], mode: InterpolationMode.Bicubic, align_corners: false).flatten(1);
        long missing = queries - grid.shape[1];
        return (missing > 0 ? functional.pad(grid, [0, missing]) : grid.narrow(1, 0, queries)).unsqueeze(2);
    }
}
