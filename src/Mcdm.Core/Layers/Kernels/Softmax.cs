using System.Runtime.Intrinsics;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Layers.Kernels;

/// <summary>
/// Softmax of bfloat16 in the memory that its scores have, a row at a time in float32; libtorch's own takes almost twice as long and memory of its own.
/// </summary>
internal static unsafe class Softmax
{
    private const int RowsAtOnce = 64;

    /// <summary>Whether it is for some scores.</summary>
    public static bool Takes(Tensor scores) => scores.dtype == ScalarType.BFloat16 && Lanes.Take(scores);

    /// <summary>Softmax over the last dimension.</summary>
    /// <param name="scores">[…, keys], without gaps; changed.</param>
    public static void OverLast(Tensor scores)
    {
        int keys = (int)scores.shape[^1], rows = (int)(scores.numel() / keys);
        fixed (byte* all = scores.bytes)
        {
            nint first = (nint)all;
            ComputeThreads.ForEach((rows + RowsAtOnce - 1) / RowsAtOnce, part =>
            {
                int size = (keys + Lanes.Count - 1) / Lanes.Count * Lanes.Count;
                fixed (float* row = new float[size])
                {
                    for (int i = part * RowsAtOnce; i < Math.Min(rows, (part + 1) * RowsAtOnce); i++) { Row((ushort*)first + (nint)i * keys, keys, row, size); }
                }
            });
        }
    }

    private static void Row(ushort* scores, int keys, float* row, int size)
    {
        Lanes.Widen(scores, row, keys);
        // What lies beyond the last key counts for nothing.
        new Span<float>(row + keys, size - keys).Fill(float.MinValue);
        var greatest = Vector512.Load(row);
        for (int i = Lanes.Count; i < size; i += Lanes.Count) { greatest = Vector512.Max(greatest, Vector512.Load(row + i)); }
        var most = Vector512.Create(Lanes.Greatest(greatest));
        var total = Vector512<float>.Zero;
        for (int i = 0; i < size; i += Lanes.Count)
        {
            var e = Lanes.Exp(Vector512.Load(row + i) - most);
            e.Store(row + i);
            total += e;
        }
        Lanes.Narrow(row, 1 / Vector512.Sum(total), scores, keys);
    }
}
