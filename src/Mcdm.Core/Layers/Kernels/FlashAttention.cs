using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Mcdm.Runtime;
using static TorchSharp.torch;
using Memory = System.Runtime.InteropServices.NativeMemory;

namespace Mcdm.Layers.Kernels;

/// <summary>
/// softmax(QKᵀ/√d)·V in float32, whose scores never leave the processor's cache (Dao et al. 2022). libtorch's own multiplies by Intel's library, which on
/// other makers' processors uses instructions of half the width. Queries lie beside each other in registers: so keys and values are read as they lie.
/// </summary>
internal static unsafe class FlashAttention
{
    private const int Queries = 4 * Lanes.Count, Keys = 128, Rows = 4;

    /// <summary>Whether it is for these: float32, as many pictures and channels in each.</summary>
    public static bool Takes(Tensor query, Tensor key, Tensor value) => new[] { query, key, value }.All(x => x.dtype == ScalarType.Float32 && Lanes.Take(x))
        && key.shape is [var pictures, > 0, var width] && query.shape is [var asked, _, var wide] && (asked, wide) == (pictures, width)
        && value.shape.AsSpan().SequenceEqual(key.shape);

    /// <summary>Attends.</summary>
    /// <param name="query">[batch, queries, heads × d]</param>
    /// <param name="key">[batch, keys, heads × d]</param>
    /// <param name="value">[batch, keys, heads × d]</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[batch, queries, heads × d]</returns>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, int heads)
    {
        using var scope = NewDisposeScope();
        (query, key, value) = (query.contiguous(), key.contiguous(), value.contiguous());
        var attended = empty_like(query);
        int queries = (int)query.shape[1], keys = (int)key.shape[1], width = (int)query.shape[2], d = width / heads, blocks = (queries + Queries - 1) / Queries;
        fixed (byte* q = query.bytes, k = key.bytes, v = value.bytes, o = attended.bytes)
        {
            var (allQ, allK, allV, all) = ((nint)q, (nint)k, (nint)v, (nint)o);
            ComputeThreads.ForEach((int)query.shape[0] * heads * blocks, part =>
            {
                var (picture, head) = Math.DivRem(part / blocks, heads);
                int first = part % blocks * Queries;
                nint own = ((nint)picture * queries + first) * width + head * d, others = (nint)picture * keys * width + head * d;
                var block = new Block(d, width, Math.Min(Queries, queries - first));
                block.Attend((float*)allQ + own, (float*)allK + others, (float*)allV + others, keys, (float*)all + own);
            });
        }
        return attended.MoveToOuterDisposeScope();
    }

    /// <summary>Some queries of one head, in memory [d, <see cref="Queries"/>].</summary>
    /// <param name="d">A head's width.</param>
    /// <param name="step">From a place to the next, in numbers.</param>
    /// <param name="queries">How many there are.</param>
    private readonly struct Block(int d, int step, int queries)
    {
        public void Attend(float* query, float* key, float* value, int keys, float* attended)
        {
            int size = (d + Rows - 1) / Rows * Rows * Queries;
            float* q = (float*)Memory.AlignedAlloc((nuint)(2 * size + (Keys + 3) * Queries) * sizeof(float), (nuint)Vector512<byte>.Count);
            float* sum = q + size, scores = sum + size, greatest = scores + Keys * Queries, total = greatest + Queries, factor = total + Queries;
            float scale = 1 / MathF.Sqrt(d);
            new Span<float>(q, 2 * size).Clear();
            for (int n = 0; n < queries; n++)
            {
                for (int i = 0; i < d; i++) { q[i * Queries + n] = query[n * step + i]; }
            }
            new Span<float>(greatest, Queries).Fill(float.MinValue);
            new Span<float>(total, Queries).Clear();
            for (int first = 0; first < keys; first += Keys, key += Keys * step, value += Keys * step)
            {
                int count = Math.Min(Keys, keys - first);
                for (int i = 0; i < count; i += Rows) { Multiply(key, step, i, count, 1, q, d, scores, null); }
                for (int n = 0; n < Queries; n += Lanes.Count) { Exponentiate(scores + n, count, scale, greatest + n, total + n, factor + n); }
                for (int i = 0; i < d; i += Rows) { Multiply(value, 1, i, d, step, scores, count, sum, factor); }
            }
            for (int n = 0; n < queries; n++)
            {
                float part = 1 / total[n];
                for (int i = 0; i < d; i++) { attended[n * step + i] = sum[i * Queries + n] * part; }
            }
            Memory.AlignedFree(q);
        }
    }

    /// <summary>
    /// Scores become exponentials of how far they lie below the greatest so far; the factor brings to it what was summed over the keys before.
    /// </summary>
    private static void Exponentiate(float* scores, int keys, float scale, float* greatest, float* total, float* factor)
    {
        Vector512<float> before = Vector512.Load(greatest), now = before, sum = default;
        for (int i = 0; i < keys; i++) { now = Vector512.Max(now, Vector512.Load(scores + i * Queries)); }
        for (int i = 0; i < keys; i++)
        {
            var e = Lanes.Exp((Vector512.Load(scores + i * Queries) - now) * scale);
            e.Store(scores + i * Queries);
            sum += e;
        }
        var kept = Lanes.Exp((before - now) * scale);
        kept.Store(factor);
        now.Store(greatest);
        Avx512F.FusedMultiplyAdd(Vector512.Load(total), kept, sum).Store(total);
    }

    /// <summary>c[i, n] = Σ a[i, k] b[k, n] for four rows i, of those that there are; with a factor f[n], f[n] c[i, n] is added.</summary>
    private static void Multiply(float* a, int rowStep, int row, int rows, int step, float* b, int depth, float* c, float* factor)
    {
        float* a0 = a + row * rowStep, a1 = a + Math.Min(row + 1, rows - 1) * rowStep, a2 = a + Math.Min(row + 2, rows - 1) * rowStep,
            a3 = a + Math.Min(row + 3, rows - 1) * rowStep;
        Row c0 = default, c1 = default, c2 = default, c3 = default;
        for (nint k = 0, end = (nint)depth * step; k < end; k += step, b += Queries)
        {
            var one = Row.Load(b);
            c0 = c0.Plus(a0[k], one);
            c1 = c1.Plus(a1[k], one);
            c2 = c2.Plus(a2[k], one);
            c3 = c3.Plus(a3[k], one);
        }
        c += row * Queries;
        c0.Store(c, factor);
        c1.Store(c + Queries, factor);
        c2.Store(c + 2 * Queries, factor);
        c3.Store(c + 3 * Queries, factor);
    }

    /// <summary>A number for each of the queries, in registers.</summary>
    private readonly struct Row(Vector512<float> first, Vector512<float> second, Vector512<float> third, Vector512<float> fourth)
    {
        private readonly Vector512<float> _first = first, _second = second, _third = third, _fourth = fourth;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Row Load(float* at) => new(Vector512.Load(at), Vector512.Load(at + Lanes.Count), Vector512.Load(at + 2 * Lanes.Count),
            Vector512.Load(at + 3 * Lanes.Count));

        /// <summary>Stores it, with what is there already times a factor, if there is one.</summary>
        public void Store(float* at, float* factor)
        {
            var sum = this;
            if (factor != null)
            {
                var (before, f) = (Load(at), Load(factor));
                sum = new(Avx512F.FusedMultiplyAdd(before._first, f._first, _first), Avx512F.FusedMultiplyAdd(before._second, f._second, _second),
                    Avx512F.FusedMultiplyAdd(before._third, f._third, _third), Avx512F.FusedMultiplyAdd(before._fourth, f._fourth, _fourth));
            }
            sum._first.Store(at);
            sum._second.Store(at + Lanes.Count);
            sum._third.Store(at + 2 * Lanes.Count);
            sum._fourth.Store(at + 3 * Lanes.Count);
        }

        /// <summary>This and a multiple of another.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Row Plus(float factor, in Row other)
        {
            var x = Vector512.Create(factor);
            return new(Avx512F.FusedMultiplyAdd(x, other._first, _first), Avx512F.FusedMultiplyAdd(x, other._second, _second),
                Avx512F.FusedMultiplyAdd(x, other._third, _third), Avx512F.FusedMultiplyAdd(x, other._fourth, _fourth));
        }
    }
}
