namespace Mcdm.Weights.PyTorch;

/// <summary>Whether a tensor is what it says: inside the memory of its storage, and no larger than its file can mean.</summary>
internal static class TorchTensorCheck
{
    /// <summary>The most dimensions that libtorch computes with.</summary>
    public const int MostDimensions = 64;

    /// <summary>Beyond its storage's size, by how many elements a tensor may repeat what is stored (strides of 0).</summary>
    private const long MostRepeated = 1 << 20;

    /// <summary>Refuses a tensor that reaches outside its storage.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="name">The tensor's name, for messages.</param>
    /// <param name="tensor">The tensor; one that is refused anyway when it is read is not looked at.</param>
    /// <exception cref="McdmException"><c>PyTorchTensor</c>.</exception>
    public static void Check(string path, string name, TorchTensor tensor)
    {
        if (tensor.Storage is not { } storage || tensor.Type.Size == 0 || storage.Type.Size == 0) { return; }
        if (tensor.Shape.Length != tensor.Strides.Length || tensor.Shape.Any(size => size < 0) || tensor.Strides.Any(stride => stride < 0) || tensor.Offset < 0)
        {
            throw Wrong($"has the shape {Text(tensor.Shape)}, the strides {Text(tensor.Strides)} and the offset {tensor.Offset}, which do not fit together");
        }
        try
        {
            // Zeros are left out at first: libtorch multiplies the other sizes for its strides, and they too must not overflow.
            long count = tensor.Shape.Where(size => size > 0).Aggregate(1L, (product, size) => checked(product * size));
            long stored = checked(storage.Count * storage.Type.Size) / tensor.Type.Size, end = checked(tensor.Offset + Extent(tensor));
            if (end > stored) { throw Wrong($"ends at element {end} of its storage, which holds {stored}"); }
            if (!tensor.Shape.Contains(0) && count > stored + MostRepeated)
            {
                throw Wrong($"has the shape {Text(tensor.Shape)}, but its storage holds {stored} numbers only");
            }
        }
        catch (OverflowException)
        {
            throw Wrong($"has the shape {Text(tensor.Shape)} with the strides {Text(tensor.Strides)}, which is too large");
        }

        McdmException Wrong(string problem) => new("PyTorchTensor", ErrorKind.InvalidData, $"The tensor '{name}' of '{path}' {problem}; the file is damaged.");
    }

    /// <summary>Elements from its first to its last, both counted: 1 + Σ (size − 1) · stride; 0 where it has none.</summary>
    public static long Extent(TorchTensor tensor) =>
        tensor.Shape.Contains(0) ? 0
            : tensor.Shape.Zip(tensor.Strides).Aggregate(1L, (extent, dimension) => checked(extent + (dimension.First - 1) * dimension.Second));

    /// <summary>Whether its elements lie one after another, without gaps.</summary>
    public static bool IsContiguous(TorchTensor tensor)
    {
        long expected = 1;
        for (int i = tensor.Shape.Length - 1; i >= 0; i--)
        {
            if (tensor.Shape[i] != 1 && tensor.Strides[i] != expected) { return false; }
            expected *= tensor.Shape[i];
        }
        return true;
    }

    private static string Text(IEnumerable<long> sizes) => $"[{string.Join(", ", sizes)}]";
}
