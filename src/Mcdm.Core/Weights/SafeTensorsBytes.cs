using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>A tensor's memory as bytes.</summary>
internal static class SafeTensorsBytes
{
    /// <summary>A span counts its bytes with an int, so larger tensors are handled in parts of this many bytes.</summary>
    private const int ChunkBytes = 1 << 30;

    public delegate void Handler(Span<byte> bytes);

    /// <summary>Hands over the memory of a contiguous CPU tensor, first part first.</summary>
    public static void ForEachChunk(Tensor contiguous, Handler handle, int chunkBytes = ChunkBytes)
    {
        if (contiguous.numel() == 0) { return; }
        using var detached = contiguous.detach();
        using var flat = detached.view(-1);
        var step = chunkBytes / flat.ElementSize;
        for (var start = 0L; start < flat.numel(); start += step)
        {
            using var chunk = flat.narrow(0, start, Math.Min(step, flat.numel() - start));
            handle(chunk.bytes);
        }
    }
}
