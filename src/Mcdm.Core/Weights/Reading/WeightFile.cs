
using Mcdm.Weights.Gguf;
using Mcdm.Weights.PyTorch;

namespace Mcdm.Weights.Reading;

/// <summary>Named tensors in a file of any format that can be read, told by its content.</summary>
public static class WeightFile
{
    private const int LengthBytes = 8;

    private static readonly DiskFileKind s_kind = new("Weights", "weights file");

    /// <summary>Opens a safetensors file, a PyTorch file, a GGUF file, or the index of a set of either that was split.</summary>
    /// <param name="path">Path of the file; what its name ends with does not matter.</param>
    /// <exception cref="McdmException"><c>WeightsFormat</c>: it is of no format that can be read; or that format's reader refuses it.</exception>
    public static IWeights Open(string path) => FormatOf(path) switch
    {
        Format.Index => ShardedWeights.Open(path),
        Format.PyTorch => PyTorchFile.Open(path),
        Format.Gguf => GgufFile.Open(path),
        _ => Scaled(SafeTensorsFile.Open(path)),
    };

    /// <summary>As <see cref="Open"/>, with the tensors under their network's own names, whatever it was wrapped in when it was saved.</summary>
    /// <inheritdoc cref="Open"/>
    internal static IWeights OpenNetwork(string path)
    {
        var weights = Open(path);
        try
        {
            return WrappedWeights.Unwrapped(weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static Format FormatOf(string path)
    {
        using var file = DiskFile.Open(path, s_kind, start => ShardedWeights.IsIndex(path, start) || GgufFile.IsGguf(start));
        var start = new byte[Math.Min(LengthBytes + 1, file.Length)];
        file.ReadExactly(start, 0);
        return start switch
        {
            _ when ShardedWeights.IsIndex(path, start) => Format.Index,
            _ when GgufFile.IsGguf(start) => Format.Gguf,
            [(byte)'P', (byte)'K', ..] or [0x80, 2 or 3 or 4 or 5, _, _, _, _, _, not 0, ..] => Format.PyTorch,
            [_, _, _, _, _, _, _, _, (byte)'{'] => Format.SafeTensors,
            _ => throw new McdmException("WeightsFormat", ErrorKind.InvalidData,
                $"'{path}' is neither a safetensors, nor a PyTorch, nor a GGUF file; it is damaged, or of a format that cannot be read."),
        };
    }

    private static IWeights Scaled(SafeTensorsFile file)
    {
        try
        {
            return ScaledWeights.Of(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private enum Format
    {
        SafeTensors,
        PyTorch,
        Gguf,
        Index,
    }
}
