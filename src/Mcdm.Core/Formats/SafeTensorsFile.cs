using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Mcdm.Networks.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Formats;

/// <summary>
/// A safetensors file, open for reading. The whole header is checked on opening; tensors are read when asked for.
/// </summary>
public sealed class SafeTensorsFile : IWeights
{
    private const int LengthBytes = 8;

    private readonly SafeFileHandle _handle;
    private readonly SafeTensorsHeader _header;
    private readonly long _dataStart;

    private SafeTensorsFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        var length = RandomAccess.GetLength(handle);
        if (length < LengthBytes)
        {
            throw Truncated($"is {length} bytes long, too short for a safetensors file, which starts with 8 bytes of header length");
        }
        Span<byte> prefix = stackalloc byte[LengthBytes];
        ReadExactly(prefix, 0);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > SafeTensorsHeader.MaxLength)
        {
            throw new McdmException("SafeTensorsHeaderLength", ErrorKind.LimitsExceeded,
                $"'{path}' claims a header of {headerLength} bytes, but a safetensors header has at most " +
                $"{SafeTensorsHeader.MaxLength}; it is not a safetensors file.");
        }
        _dataStart = LengthBytes + (long)headerLength;
        if (_dataStart > length)
        {
            throw Truncated($"claims a header of {headerLength} bytes but only {length - LengthBytes} follow; " +
                "it was cut short or is not a safetensors file");
        }
        var json = new byte[headerLength];
        ReadExactly(json, LengthBytes);
        _header = SafeTensorsHeader.Parse(path, json, length - _dataStart);
        Names = [.. _header.Entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).Select(entry => entry.Name)];
    }

    /// <summary>The path that was opened.</summary>
    public string Path { get; }

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
        if (Directory.Exists(path))
        {
            throw new McdmException("SafeTensorsNotAFile", ErrorKind.InvalidArgument, $"'{path}' is a folder, not a safetensors file.");
        }
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return new SafeTensorsFile(path, handle);
        }
        catch (Exception exception)
        {
            handle?.Dispose();
            if (OpenError(path, exception) is { } error) { throw error; }
            throw;
        }
    }

    /// <summary>Whether the file holds a tensor of this name.</summary>
    public bool Contains(string name) => _header.Entries.ContainsKey(name);

    /// <summary>The shape of a tensor, without reading it; empty for a scalar.</summary>
    /// <exception cref="McdmException"><c>SafeTensorsUnknownTensor</c>: the file holds no tensor of this name.</exception>
    public IReadOnlyList<long> Shape(string name) => Entry(name).Shape;

    /// <summary>The element type of a tensor, without reading it.</summary>
    /// <exception cref="McdmException"><c>SafeTensorsUnknownTensor</c>: the file holds no tensor of this name.</exception>
    public ScalarType DataType(string name) => Entry(name).Type;

    /// <summary>Reads one tensor: contiguous, on the CPU, owned by the caller.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dataType">Element type to convert to; that of the file where null.</param>
    /// <exception cref="McdmException">
    /// <c>SafeTensorsUnknownTensor</c>; <c>SafeTensorsUnreadable</c> or <c>SafeTensorsTruncated</c> where the file failed or changed
    /// since it was opened; <c>SafeTensorsBool</c>: a BOOL tensor has bytes other than 0 and 1.
    /// </exception>
    public Tensor Read(string name, ScalarType? dataType = null)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        var entry = Entry(name);
        var tensor = empty(entry.Shape, entry.Type, CPU);
        try
        {
            Fill(tensor, entry);
            if (dataType is null || dataType == entry.Type) { return tensor; }
            var converted = tensor.to(dataType.Value);
            tensor.Dispose();
            return converted;
        }
        catch (Exception exception)
        {
            tensor.Dispose();
            if (exception is IOException or UnauthorizedAccessException) { throw Unreadable(Path, exception); }
            throw;
        }
    }

    /// <summary>Closes the file; tensors already read stay valid.</summary>
    public void Dispose() => _handle.Dispose();

    private void Fill(Tensor tensor, SafeTensorsEntry entry)
    {
        var offset = _dataStart + entry.Begin;
        SafeTensorsBytes.ForEachChunk(tensor, bytes =>
        {
            ReadExactly(bytes, offset);
            offset += bytes.Length;
            if (entry.Type == ScalarType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw new McdmException("SafeTensorsBool", ErrorKind.InvalidData,
                    $"The BOOL tensor '{entry.Name}' of '{Path}' has bytes other than 0 and 1.");
            }
        });
    }

    private void ReadExactly(Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_handle, bytes, offset);
            if (read == 0) { throw Truncated("became shorter while it was read"); }
            bytes = bytes[read..];
            offset += read;
        }
    }

    private SafeTensorsEntry Entry(string name)
    {
        if (_header.Entries.TryGetValue(name, out var entry)) { return entry; }
        var nearest = SafeTensorsNames.Nearest(name, Names);
        throw new McdmException("SafeTensorsUnknownTensor", ErrorKind.NotFound,
            $"'{Path}' holds no tensor '{name}'" + (nearest is null ? "; it holds none at all." : $"; the nearest name is '{nearest}'."));
    }

    private static McdmException? OpenError(string path, Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new McdmException("SafeTensorsNotFound", ErrorKind.NotFound, $"There is no safetensors file '{path}'.", cause),
        NotSupportedException => new McdmException("SafeTensorsNotAFile", ErrorKind.InvalidArgument,
            $"'{path}' is not a regular file; safetensors are read from files on disk.", cause),
        IOException or UnauthorizedAccessException or ArgumentException => Unreadable(path, cause),
        _ => null,
    };

    private McdmException Truncated(string problem) => new("SafeTensorsTruncated", ErrorKind.InvalidData, $"'{Path}' {problem}.");

    private static McdmException Unreadable(string path, Exception cause) =>
        new("SafeTensorsUnreadable", ErrorKind.ReadFailed, $"'{path}' could not be read: {cause.Message}", cause);
}
