using Mcdm.Layers.Kernels;
using Mcdm.Runtime;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers;

/// <summary>Scaled dot-product attention of several heads (Vaswani et al. 2017, equation 1): softmax(QKᵀ/√d)·V.</summary>
internal static class ScaledDotProduct
{
    /// <summary>The most queries times keys whose scores are written out.</summary>
    private const long MostWrittenOut = 256 * 256;

    /// <summary>The most scores that a slice works out: they stay in a processor's cache.</summary>
    private const long MostInSlice = 1 << 21;

    /// <param name="query">[batch, queries, heads × width]</param>
    /// <param name="key">[batch, keys, heads × width]</param>
    /// <param name="value">[batch, keys, heads × width]</param>
    /// <param name="heads">Heads, each of which has its own part of the last dimension.</param>
    /// <param name="mask">True where a key counts, [batch, 1, 1, keys]; null where all do.</param>
    /// <param name="causal">Whether a query sees only the keys up to its own place.</param>
    /// <param name="writesOut">Whether few scores are written out on a processor, as networks that are trained here have them.</param>
    /// <returns>[batch, queries, heads × width]</returns>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, long heads, Tensor? mask = null, bool causal = false, bool writesOut = false)
    {
        bool seesAll = mask is null && !causal;
        if (seesAll && !writesOut && FlashAttention.Takes(query, key, value)) { return FlashAttention.Attend(query, key, value, (int)heads); }
        using var scope = NewDisposeScope();
        var (q, k, v) = (Split(query), Split(key), Split(value));
        var attended = writesOut ? WrittenOut(q, k, v, mask) : seesAll && IsFastInSlices(q) ? InSlices(q, k, v)
            : functional.scaled_dot_product_attention(q, k, v, mask, is_casual: causal);
        return attended.transpose(1, 2).reshape(query.shape).MoveToOuterDisposeScope();

        Tensor Split(Tensor x) => x.reshape(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
    }

    /// <summary>
    /// Where little is looked at, processors compute it in three operations: the fused one multiplies the small matrices of
    /// each head and picture by a call of its own, 5,760 of them in a training step of the embedded model's network.
    /// </summary>
    /// <param name="query">[batch, heads, queries, d]</param>
    /// <param name="key">[batch, heads, keys, d]</param>
    /// <param name="value">[batch, heads, keys, d]</param>
    /// <param name="mask">True where a key counts, [batch, 1, 1, keys]; null where all do.</param>
    /// <returns>[batch, heads, queries, d]</returns>
    internal static Tensor WrittenOut(Tensor query, Tensor key, Tensor value, Tensor? mask)
    {
        if (query.device.type != TorchSharp.DeviceType.CPU || query.shape[2] * key.shape[2] > MostWrittenOut)
        {
            return functional.scaled_dot_product_attention(query, key, value, mask);
        }
        using var scope = NewDisposeScope();
        var scores = (query * (1 / Math.Sqrt(query.shape[3]))).matmul(key.transpose(2, 3));
        if (mask is not null) { scores = scores.masked_fill(mask.logical_not(), float.NegativeInfinity); }
        return functional.softmax(scores, -1).matmul(value).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The fused operation multiplies bfloat16 by float32's instructions; matrix products by themselves use the processor's own for it.
    /// </summary>
    private static bool IsFastInSlices(Tensor query) =>
        query.dtype == ScalarType.BFloat16 && query.device.type == TorchSharp.DeviceType.CPU && Processor.HasBFloat16;

    /// <summary>Some heads, or some queries of one, at a time. What it gives for a picture does not depend on others in the batch.</summary>
    /// <param name="query">[batch, heads, queries, d]</param>
    /// <param name="key">[batch, heads, keys, d]</param>
    /// <param name="value">[batch, heads, keys, d]</param>
    /// <returns>[batch, heads, queries, d]</returns>
    internal static Tensor InSlices(Tensor query, Tensor key, Tensor value)
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = ((query * (1 / Math.Sqrt(query.shape[3]))).flatten(0, 1), key.transpose(2, 3).flatten(0, 1), value.flatten(0, 1));
        var (heads, queries, keys) = (query.shape[1], query.shape[2], key.shape[2]);
        // Slices of heads end with a picture's.
        long headsAtOnce = Math.Clamp(MostInSlice / (queries * keys), 1, heads), queriesAtOnce = Math.Clamp(MostInSlice / keys, 1, queries);
        var attended = empty_like(q);
        for (long picture = 0; picture < q.shape[0]; picture += heads)
        {
            for (long head = 0; head < heads; head += headsAtOnce)
            {
                for (long first = 0; first < queries; first += queriesAtOnce)
                {
                    using var slice = NewDisposeScope();
                    var (h, n) = (Math.Min(headsAtOnce, heads - head), Math.Min(queriesAtOnce, queries - first));
                    var scores = q.narrow(0, picture + head, h).narrow(1, first, n).matmul(k.narrow(0, picture + head, h));
                    var seen = Softmax(scores).matmul(v.narrow(0, picture + head, h));
                    attended.narrow(0, picture + head, h).narrow(1, first, n).copy_(seen);
                }
            }
        }
        return attended.unflatten(0, [-1, heads]).MoveToOuterDisposeScope();
    }

    private static Tensor Softmax(Tensor scores)
    {
        if (!Kernels.Softmax.Takes(scores)) { return functional.softmax(scores, -1); }
        Kernels.Softmax.OverLast(scores);
        return scores;
    }
}
