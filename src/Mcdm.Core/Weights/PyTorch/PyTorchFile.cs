using static TorchSharp.torch;

namespace Mcdm.Weights.PyTorch;

/// <summary>
/// A file that PyTorch's torch.save wrote (<c>.pt .pth .bin .ckpt</c>, in its form of today or of before 1.6), open for reading. Its pickle is read as
/// data: nothing in it is run or looked up. Tensors are read when asked for, straight from where they lie.
/// </summary>
public sealed class PyTorchFile : IWeights
{
    /// <summary>What a pickle's content may take of memory: a few times its file, which also holds the tensors, and something for small ones.</summary>
    private const long MemoryOfSmall = 10 << 20, MemoryPerByte = 3;

    private static readonly DiskFileKind s_kind = new("PyTorch", "PyTorch file");

    private readonly DiskFile _file;
    private readonly ITorchContainer _container;
    private readonly Dictionary<string, TorchTensor> _tensors = new(StringComparer.Ordinal);

    private PyTorchFile(DiskFile file, string? root)
    {
        _file = file;
        long memory = MemoryOfSmall + MemoryPerByte * file.Length;
        var start = new byte[Math.Min(2, file.Length)];
        file.ReadExactly(start, 0);
        _container = start switch
        {
            [(byte)'P', (byte)'K'] => new ZipContainer(file, memory),
            [0x80, _] => new LegacyContainer(file, memory),
            _ => throw new McdmException("PyTorchFormat", ErrorKind.InvalidData,
                $"'{file.Path}' is not a file that torch.save wrote: it is neither a zip archive nor a pickle."),
        };
        (Root, var dict, string? note) = TorchRoot.Find(file.Path, _container.Content, root);
        Notes = note is null ? [] : [$"'{System.IO.Path.GetFileName(file.Path)}' {note}."];
        foreach (var (name, value) in dict.Items)
        {
            _tensors.Remove(name);
            if (value is TorchTensor tensor) { _tensors[name] = tensor; }
        }
        foreach (var (name, tensor) in _tensors)
        {
            TorchTensorCheck.Check(Path, name, tensor);
            if (tensor is { Refusal: null, Storage: { } storage }) { _container.Check(storage, name); }
        }
        Names = [.. _tensors.Keys];
    }

    /// <summary>The path that was opened.</summary>
    public string Path => _file.Path;

    /// <summary>The name that the tensors are under in the file, such as <c>state_dict</c>; empty where they are outermost.</summary>
    public string Root { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The tensors' names, in the order of the file.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Opens a file by its content, whatever its name ends with, and checks all that is said of its tensors; none is read yet.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="root">The name that the tensors are under, several joined by <c>/</c>, empty for outermost; null to find it as other programs do.</param>
    /// <exception cref="McdmException">
    /// <c>PyTorchNotFound</c>, <c>PyTorchNotAFile</c>, <c>PyTorchUnreadable</c>, <c>PyTorchTruncated</c>, <c>PyTorchFormat</c>, <c>PyTorchArchive</c>
    /// and <c>PyTorchPacked</c> (a zip that is damaged),
    /// <c>PyTorchScript</c>, <c>PyTorchBigEndian</c>, <c>PyTorchPickle</c>, <c>PyTorchPickleLong</c>, <c>PyTorchDepth</c>, <c>PyTorchObjects</c>,
    /// <c>PyTorchContent</c> (no tensors by name),
    /// <c>PyTorchRoot</c>, <c>PyTorchRoots</c>, <c>PyTorchTensor</c>, <c>PyTorchStorage</c>; or it is no weights file at all.
    /// </exception>
    public static PyTorchFile Open(string path, string? root = null)
    {
        var file = DiskFile.Open(path, s_kind);
        try
        {
            return new PyTorchFile(file, root);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The shape of a tensor, without reading it; empty for a scalar.</summary>
    /// <exception cref="McdmException"><c>WeightsUnknownTensor</c>: the file holds no tensor of this name.</exception>
    public IReadOnlyList<long> Shape(string name) => Find(name).Shape;

    /// <summary>The element type that a tensor is read as.</summary>
    /// <exception cref="McdmException"><c>WeightsUnknownTensor</c>; <c>PyTorchTensorKind</c>: it is of a kind that cannot be read.</exception>
    public ScalarType DataType(string name) => Readable(name).Type.Read!.Value;

    /// <summary>Reads one tensor: contiguous, on the CPU, owned by the caller.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dataType">Element type to convert to; that of the file where null.</param>
    /// <exception cref="McdmException">
    /// <c>WeightsUnknownTensor</c>; <c>PyTorchTensorKind</c>; <c>PyTorchBool</c>; the file failed or changed since it was opened.
    /// </exception>
    public Tensor Read(string name, ScalarType? dataType = null)
    {
        var tensor = Readable(name);
        using var scope = NewDisposeScope();
        var read = Widened(name, tensor.Type, Stored(name, tensor));
        if (tensor.Negated) { read.neg_(); }
        return read.to(dataType ?? read.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Closes the file; tensors already read stay valid.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>A tensor's numbers as they are stored.</summary>
    private Tensor Stored(string name, TorchTensor tensor)
    {
        var type = tensor.Type;
        bool contiguous = TorchTensorCheck.IsContiguous(tensor);
        var memory = empty(contiguous ? tensor.Shape : [TorchTensorCheck.Extent(tensor)], type.Stored!.Value, CPU);
        if (memory.numel() > 0) { _container.Fill(memory, tensor.Storage!, tensor.Offset * type.Size); }
        if (type.IsBool) { CheckTruth(name, memory); }
        return contiguous ? memory : memory.as_strided(tensor.Shape, tensor.Strides).contiguous();
    }

    private void CheckTruth(string name, Tensor memory) => SafeTensorsBytes.ForEachChunk(memory, bytes =>
    {
        if (bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            throw new McdmException("PyTorchBool", ErrorKind.InvalidData, $"The bool tensor '{name}' of '{Path}' has bytes other than 0 and 1.");
        }
    });

    /// <summary>Whole numbers without sign and numbers of 8 bits, which libtorch has no arithmetic for, in a type that holds them.</summary>
    private Tensor Widened(string name, TorchType type, Tensor stored)
    {
        switch (type.Name)
        {
            case "float8_e4m3fn": return Float8.Widen("F8_E4M3", stored);
            case "float8_e5m2": return Float8.Widen("F8_E5M2", stored);
            case "uint16": return stored.to(ScalarType.Int32).bitwise_and(ushort.MaxValue);
            case "uint32": return stored.to(ScalarType.Int64).bitwise_and(uint.MaxValue);
            case "uint64" when stored.numel() > 0 && stored.lt(0).any().item<bool>():
                throw new McdmException("PyTorchTensorKind", ErrorKind.NotSupported,
                    $"The tensor '{name}' of '{Path}' holds numbers of 64 bits without sign that are too large to be read.");
            default: return stored;
        }
    }

    private TorchTensor Readable(string name)
    {
        var tensor = Find(name);
        return tensor.Refusal is null ? tensor
            : throw new McdmException("PyTorchTensorKind", ErrorKind.NotSupported, $"The tensor '{name}' of '{Path}' {tensor.Refusal}.");
    }

    private TorchTensor Find(string name) => _tensors.TryGetValue(name, out var tensor) ? tensor : throw UnknownTensor.Of(Path, name, Names);
}
