using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>
/// A safetensors file, open for reading. The whole header is checked on opening; tensors are read when asked for.
/// </summary>
public sealed class SafeTensorsFile : IWeights
{
    private const int LengthBytes = 8;

    private static readonly DiskFileKind s_kind = new("SafeTensors", "safetensors file");

    private readonly DiskFile _file;
    private readonly SafeTensorsHeader _header;
    private readonly long _dataStart;

    private SafeTensorsFile(DiskFile file)
    {
        _file = file;
        if (file.Length < LengthBytes)
        {
            throw file.Truncated($"is {file.Length} bytes long, too short for a safetensors file, which starts with 8 bytes of header length");
        }
        Span<byte> prefix = stackalloc byte[LengthBytes];
        file.ReadExactly(prefix, 0);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > SafeTensorsHeader.MaxLength)
        {
            throw new McdmException("SafeTensorsHeaderLength", ErrorKind.LimitsExceeded,
                $"'{Path}' claims a header of {headerLength} bytes, but a safetensors header has at most " +
                $"{SafeTensorsHeader.MaxLength}; it is not a safetensors file.");
        }
        _dataStart = LengthBytes + (long)headerLength;
        if (_dataStart > file.Length)
        {
            throw file.Truncated($"claims a header of {headerLength} bytes but only {file.Length - LengthBytes} follow; " +
                "it was cut short or is not a safetensors file");
        }
        var json = new byte[headerLength];
        file.ReadExactly(json, LengthBytes);
        _header = SafeTensorsHeader.Parse(Path, json, file.Length - _dataStart);
        Names = [.. _header.Entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).Select(entry => entry.Name)];
    }

    /// <summary>The path that was opened.</summary>
    public string Path => _file.Path;

    /// <summary>The strings that the file carries beside its tensors; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The tensors' names, in the order of their data.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Opens a file and checks its header completely; no tensor is read yet.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="McdmException">
    /// <c>SafeTensorsNotFound</c>, <c>SafeTensorsNotAFile</c> (a folder or device), <c>SafeTensorsUnreadable</c>,
    /// <c>SafeTensorsTruncated</c>, <c>SafeTensorsHeaderLength</c>, <c>SafeTensorsHeader</c> (not the JSON it should be),
    /// <c>SafeTensorsMetadata</c>, <c>SafeTensorsDuplicate</c>, <c>SafeTensorsDtype</c>, <c>SafeTensorsShape</c>,
    /// <c>SafeTensorsOffsets</c>, <c>SafeTensorsSize</c> (offsets and shape disagree), <c>SafeTensorsOverlap</c>, <c>SafeTensorsGap</c>.
    /// </exception>
    public static SafeTensorsFile Open(string path)
    {
        var file = DiskFile.Open(path, s_kind);
        try
        {
            return new SafeTensorsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The shape of a tensor, without reading it; empty for a scalar.</summary>
    /// <exception cref="McdmException"><c>SafeTensorsUnknownTensor</c>: the file holds no tensor of this name.</exception>
    public IReadOnlyList<long> Shape(string name) => Entry(name).Shape;

    /// <summary>The element type of a tensor, without reading it.</summary>
    /// <exception cref="McdmException"><c>SafeTensorsUnknownTensor</c>; <c>SafeTensorsDtype</c>: it is of a type that cannot be read.</exception>
    public ScalarType DataType(string name) => TypeOf(Entry(name));

    /// <summary>Reads one tensor: contiguous, on the CPU, owned by the caller.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dataType">Element type to convert to; that of the file where null.</param>
    /// <exception cref="McdmException">
    /// <c>SafeTensorsUnknownTensor</c>; <c>SafeTensorsDtype</c>; <c>SafeTensorsUnreadable</c> or <c>SafeTensorsTruncated</c> where the file failed or changed
    /// since it was opened; <c>SafeTensorsBool</c>: a BOOL tensor has bytes other than 0 and 1.
    /// </exception>
    public Tensor Read(string name, ScalarType? dataType = null)
    {
        var entry = Entry(name);
        var type = Float8.Is(entry.Dtype) ? ScalarType.Byte : TypeOf(entry);
        using var scope = NewDisposeScope();
        var tensor = empty(entry.Shape, type, CPU);
        Fill(tensor, entry);
        if (Float8.Is(entry.Dtype)) { (tensor, type) = (Float8.Widen(entry.Dtype, tensor), ScalarType.Float32); }
        return tensor.to(dataType ?? type).MoveToOuterDisposeScope();
    }

    /// <summary>Whether a tensor's numbers have eight bits; they are read as float32.</summary>
    internal bool IsFloat8(string name) => Float8.Is(Entry(name).Dtype);

    /// <summary>Closes the file; tensors already read stay valid.</summary>
    public void Dispose() => _file.Dispose();

    private void Fill(Tensor tensor, SafeTensorsEntry entry)
    {
        _file.ReadExactly(tensor, _dataStart + entry.Begin);
        if (entry.Type != ScalarType.Bool) { return; }
        SafeTensorsBytes.ForEachChunk(tensor, bytes =>
        {
            if (bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw new McdmException("SafeTensorsBool", ErrorKind.InvalidData,
                    $"The BOOL tensor '{entry.Name}' of '{Path}' has bytes other than 0 and 1.");
            }
        });
    }

    private ScalarType TypeOf(SafeTensorsEntry entry) => Float8.Is(entry.Dtype) ? ScalarType.Float32
        : entry.Type ?? throw new McdmException("SafeTensorsDtype", ErrorKind.NotSupported,
        $"The tensor '{entry.Name}' of '{Path}' holds {entry.Dtype}; those that can be read are {SafeTensorsDtype.Known}.");

    private SafeTensorsEntry Entry(string name) => _header.Entries.TryGetValue(name, out var entry) ? entry
        : throw UnknownTensor.Of(Path, name, Names, "SafeTensorsUnknownTensor");
}
