using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>A file of weights on disk, open for reading at any place; it may be renamed or deleted meanwhile.</summary>
internal sealed class DiskFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly DiskFileKind _kind;

    private DiskFile(string path, SafeFileHandle handle, DiskFileKind kind, TextAllowed? isText)
    {
        (Path, _handle, _kind) = (path, handle, kind);
        Length = RandomAccess.GetLength(handle);
        var start = new byte[Math.Min(NotWeights.Looked, Length)];
        ReadExactly(start, 0);
        if (isText?.Invoke(start) != true) { NotWeights.Check(path, start); }
    }

    /// <summary>The path that was opened.</summary>
    public string Path { get; }

    /// <summary>Its bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Says of a file's first bytes whether they are what is wanted, though text.</summary>
    public delegate bool TextAllowed(ReadOnlySpan<byte> start);

    /// <summary>Opens a file; what cannot be weights of any format is refused.</summary>
    /// <exception cref="McdmException">
    /// Ids begin with the kind's prefix: <c>…NotFound</c>, <c>…NotAFile</c> (a folder or device), <c>…Unreadable</c>; or it is refused by
    /// <see cref="NotWeights"/>.
    /// </exception>
    public static DiskFile Open(string path, DiskFileKind kind, TextAllowed? isText = null)
    {
        if (Directory.Exists(path))
        {
            throw new McdmException(kind.Prefix + "NotAFile", ErrorKind.InvalidArgument, $"'{path}' is a folder, not a {kind.Noun}.");
        }
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return new DiskFile(path, handle, kind, isText);
        }
        catch (Exception exception)
        {
            handle?.Dispose();
            if (OpenError(path, kind, exception) is { } error) { throw error; }
            throw;
        }
    }

    /// <summary>Fills a buffer with the bytes from an offset on.</summary>
    /// <exception cref="McdmException"><c>…Truncated</c>: the file became shorter; <c>…Unreadable</c>.</exception>
    public void ReadExactly(Span<byte> bytes, long offset)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        try
        {
            while (bytes.Length > 0)
            {
                int read = RandomAccess.Read(_handle, bytes, offset);
                if (read == 0) { throw Truncated("became shorter while it was read"); }
                bytes = bytes[read..];
                offset += read;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(Path, _kind, exception);
        }
    }

    /// <summary>Fills the memory of a contiguous CPU tensor with the bytes from an offset on.</summary>
    public void ReadExactly(Tensor contiguous, long offset) => SafeTensorsBytes.ForEachChunk(contiguous, bytes =>
    {
        ReadExactly(bytes, offset);
        offset += bytes.Length;
    });

    /// <summary>The file holds less than it promises.</summary>
    public McdmException Truncated(string problem) => new(_kind.Prefix + "Truncated", ErrorKind.InvalidData, $"'{Path}' {problem}.");

    /// <summary>Closes the file.</summary>
    public void Dispose() => _handle.Dispose();

    private static McdmException? OpenError(string path, DiskFileKind kind, Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException => 
            new(kind.Prefix + "NotFound", ErrorKind.NotFound, DeadLink.Of(path) ?? $"There is no {kind.Noun} '{path}'.", cause),
        NotSupportedException =>
            new(kind.Prefix + "NotAFile", ErrorKind.InvalidArgument, $"'{path}' is not a regular file; weights are read from files on disk.", cause),
        IOException or UnauthorizedAccessException or ArgumentException => Unreadable(path, kind, cause),
        _ => null,
    };

    private static McdmException Unreadable(string path, DiskFileKind kind, Exception cause) =>
        new(kind.Prefix + "Unreadable", ErrorKind.ReadFailed, $"'{path}' could not be read: {cause.Message}", cause);
}

/// <summary>What a file was opened as.</summary>
/// <param name="Prefix">What the ids of its errors begin with.</param>
/// <param name="Noun">What to call it in messages.</param>
internal sealed record DiskFileKind(string Prefix, string Noun);
