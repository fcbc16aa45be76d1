using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers;

/// <summary>Scaled dot-product attention of several heads (Vaswani et al. 2017, equation 1).</summary>
internal static class ScaledDotProduct
{
    /// <param name="query">[batch, queries, heads × width]</param>
    /// <param name="key">[batch, keys, heads × width]</param>
    /// <param name="value">[batch, keys, heads × width]</param>
    /// <param name="heads">Heads, each of which has its own part of the last dimension.</param>
    /// <param name="causal">Whether a query sees only the keys up to its own place.</param>
    /// <returns>[batch, queries, heads × width]</returns>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, long heads, bool causal = false)
    {
        using var scope = NewDisposeScope();
        var attended = functional.scaled_dot_product_attention(Split(query), Split(key), Split(value), is_casual: causal);
        return attended.transpose(1, 2).reshape(query.shape).MoveToOuterDisposeScope();

        Tensor Split(Tensor x) => x.reshape(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
    }
}
