using System.IO.Compression;
using System.Text;
using static TorchSharp.torch;

namespace Mcdm.Weights.PyTorch;

/// <summary>The form of torch.save since PyTorch 1.6: a zip archive with <c>data.pkl</c> and a file for every storage.</summary>
internal sealed class ZipContainer : ITorchContainer
{
    private const string Pickle = "data.pkl";
    /// <summary>By how much a storage may be packed: weights hardly can be, and torch.save leaves them as they are.</summary>
    private const long MostUnpacked = 4, LargestUnpacked = 4 << 20;

    private const int SkipLength = 1 << 16, LongestNote = 64;

    private readonly DiskFile _file;
    private readonly ZipDirectory _directory;
    private readonly string _folder;

    public ZipContainer(DiskFile file, long memory)
    {
        _file = file;
        _directory = new ZipDirectory(file);
        string pickle = _directory.Entries.Keys.Where(name => name == Pickle || name.EndsWith("/" + Pickle, StringComparison.Ordinal))
            .MinBy(name => name.Length)
            ?? throw new McdmException("PyTorchArchive", ErrorKind.InvalidData,
                $"'{file.Path}' is a zip archive, but not one that torch.save wrote: it has no {Pickle}.");
        _folder = pickle[..^Pickle.Length];
        if (_directory.Entries.Keys.Any(name => name.StartsWith(_folder + "code/", StringComparison.Ordinal) || name == _folder + "constants.pkl"))
        {
            throw new McdmException("PyTorchScript", ErrorKind.NotSupported,
                $"'{file.Path}' is a TorchScript archive, a program with its weights; save its state_dict() and give that.");
        }
        if (Note("byteorder") is { } order && order != "little")
        {
            throw new McdmException("PyTorchBigEndian", ErrorKind.NotSupported,
                $"'{file.Path}' was saved on a big-endian machine (byteorder '{order}'); only little-endian files can be read.");
        }
        using var stream = Open(_directory.Entries[pickle]);
        Content = new PickleMachine(new PickleSource(file.Path, stream), memory).Run();
    }

    public object? Content { get; }

    public void Check(TorchStorage storage, string name)
    {
        long expected = storage.Count * storage.Type.Size; // Checked with the tensor: it does not overflow.
        if (!_directory.Entries.TryGetValue(_folder + "data/" + storage.Key, out var entry))
        {
            throw new McdmException("PyTorchStorage", ErrorKind.InvalidData,
                $"The storage '{storage.Key}' of the tensor '{name}' is not in '{_file.Path}'; the file is damaged.");
        }
        if (entry.Size != expected)
        {
            throw new McdmException("PyTorchStorage", ErrorKind.InvalidData,
                $"The storage '{storage.Key}' of the tensor '{name}' has {entry.Size} bytes in '{_file.Path}', where its description says {expected}; the "
                + "file is damaged.");
        }
        if (!entry.IsStored && entry.Size > LargestUnpacked + MostUnpacked * entry.Packed)
        {
            throw new McdmException("PyTorchPacked", ErrorKind.LimitsExceeded,
                $"The storage '{storage.Key}' of the tensor '{name}' is packed in '{_file.Path}' from {entry.Size} bytes to {entry.Packed}, which no "
                + "weights can be; the file is damaged, or made to do harm.");
        }
        _directory.Start(entry);
    }

    public void Fill(Tensor target, TorchStorage storage, long offset)
    {
        var entry = _directory.Entries[_folder + "data/" + storage.Key];
        if (entry.IsStored)
        {
            _file.ReadExactly(target, _directory.Start(entry) + offset);
            return;
        }
        using var stream = Open(entry);
        try
        {
            var skipped = new byte[Math.Min(offset, SkipLength)];
            for (long left = offset; left > 0; left -= skipped.Length) { stream.ReadExactly(skipped.AsSpan(0, (int)Math.Min(left, skipped.Length))); }
            SafeTensorsBytes.ForEachChunk(target, bytes => stream.ReadExactly(bytes));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new McdmException("PyTorchPacked", ErrorKind.InvalidData, $"'{_file.Path}' is damaged: the storage '{storage.Key}' cannot be unpacked.", e);
        }
    }

    /// <summary>A small file beside the pickle, as text; null where there is none.</summary>
    private string? Note(string name)
    {
        if (!_directory.Entries.TryGetValue(_folder + name, out var entry) || entry.Size > LongestNote) { return null; }
        using var stream = Open(entry);
        var bytes = new byte[entry.Size];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(bytes, 0, read).Trim();
    }

    private Stream Open(ZipEntry entry)
    {
        var packed = new DiskFilePart(_file, _directory.Start(entry), entry.Packed);
        return entry.IsStored ? packed : new DeflateStream(packed, CompressionMode.Decompress);
    }
}
