using System.Buffers;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Mcdm.Weights.Gguf;

/// <summary>
/// A GGUF file, as stable-diffusion.cpp and ComfyUI-GGUF write models of pictures: tensors whose numbers are quantised, open for reading. Each is widened when
/// it is read.
/// </summary>
internal sealed class GgufFile : IWeights
{
    /// <summary>Elements that are widened at once; a multiple of each block's.</summary>
    private const int Together = 1 << 18;

    private static readonly DiskFileKind s_kind = new("Gguf", "GGUF file");

    private readonly DiskFile _file;
    private readonly GgufHeader _header;

    private GgufFile(DiskFile file) => (_file, _header) = (file, new GgufHeader(file));

    /// <inheritdoc/>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => _header.Names;

    /// <summary>Opens a file and checks its header completely; no tensor is read yet.</summary>
    /// <exception cref="McdmException"><c>GgufNotFound</c>, <c>GgufNotAFile</c>, <c>GgufUnreadable</c>; or as <see cref="GgufHeader"/>.</exception>
    public static GgufFile Open(string path)
    {
        var file = DiskFile.Open(path, s_kind, IsGguf);
        try
        {
            return new GgufFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file begins as one.</summary>
    public static bool IsGguf(ReadOnlySpan<byte> start) => start.StartsWith("GGUF"u8);

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name) => Tensor(name).Shape;

    /// <inheritdoc/>
    public ScalarType DataType(string name) => Tensor(name).Type.Read;

    /// <inheritdoc/>
    public Tensor Read(string name, ScalarType? dataType = null)
    {
        var tensor = Tensor(name);
        using var scope = NewDisposeScope();
        var read = tensor.Type.Widen is null ? Plain(tensor) : Widened(tensor, tensor.Type.Widen, dataType ?? tensor.Type.Read);
        return read.to(dataType ?? tensor.Type.Read).MoveToOuterDisposeScope();
    }

    /// <summary>Closes the file; tensors already read stay valid.</summary>
    public void Dispose() => _file.Dispose();

    private Tensor Plain(GgufTensor tensor)
    {
        var memory = empty(tensor.Shape, tensor.Type.Read, CPU);
        _file.ReadExactly(memory, _header.DataStart + tensor.Begin);
        return memory;
    }

    /// <summary>Part by part into the type that is wanted, so that no copy of the whole in float32 is made.</summary>
    private Tensor Widened(GgufTensor tensor, GgufType.Blocks widen, ScalarType dataType)
    {
        var (type, count) = (tensor.Type, tensor.Bytes / tensor.Type.Bytes * tensor.Type.Elements);
        var flat = empty(count, dataType, CPU);
        byte[] blocks = ArrayPool<byte>.Shared.Rent(Together / type.Elements * type.Bytes);
        try
        {
            for (long done = 0; done < count; done += Together)
            {
                int numbers = (int)Math.Min(Together, count - done), bytes = numbers / type.Elements * type.Bytes;
                _file.ReadExactly(blocks.AsSpan(0, bytes), _header.DataStart + tensor.Begin + done / type.Elements * type.Bytes);
                using var part = empty(numbers, ScalarType.Float32, CPU);
                SafeTensorsBytes.ForEachChunk(part, memory => widen(blocks.AsSpan(0, bytes), MemoryMarshal.Cast<byte, float>(memory)));
                using var place = flat.narrow(0, done, numbers);
                place.copy_(part);
            }
            return flat.reshape(tensor.Shape);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(blocks);
        }
    }

    private GgufTensor Tensor(string name) => _header.Tensors.TryGetValue(name, out var tensor) ? tensor : throw UnknownTensor.Of(Path, name, Names);
}
