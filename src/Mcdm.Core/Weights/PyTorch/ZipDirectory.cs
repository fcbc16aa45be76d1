using System.Buffers.Binary;
using System.Text;

namespace Mcdm.Weights.PyTorch;

/// <summary>One file in a zip archive.</summary>
/// <param name="Packed">Bytes that it takes in the archive.</param>
/// <param name="Size">Bytes that it has.</param>
/// <param name="IsStored">Whether it lies there as it is.</param>
/// <param name="Header">Where its own header begins.</param>
internal sealed record ZipEntry(long Packed, long Size, bool IsStored, long Header);

/// <summary>
/// The directory of a zip archive, with the sizes of zip64, read for where its files lie: PyTorch stores them unpacked, at places
/// that can be read directly. Check sums are not looked at: torch.save may be told to leave them out.
/// </summary>
internal sealed class ZipDirectory
{
    private const int EndLength = 22, LongestComment = ushort.MaxValue, Locator64Length = 20, End64Length = 56, RecordLength = 46, HeaderLength = 30,
        Deflated = 8, Encrypted = 1;
    private const uint EndMark = 0x06054b50, Locator64Mark = 0x07064b50, End64Mark = 0x06064b50, RecordMark = 0x02014b50, HeaderMark = 0x04034b50;
    private const ushort Sizes64 = 1;

    private readonly DiskFile _file;
    private readonly Dictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);

    public ZipDirectory(DiskFile file)
    {
        _file = file;
        var (start, length, count) = Place();
        if (start < 0 || length < 0 || start > file.Length - length || count < 0 || count > length / RecordLength)
        {
            throw Damaged("its directory lies outside it");
        }
        var directory = new byte[length];
        file.ReadExactly(directory, start);
        for (int at = 0; count > 0; count--) { at += ReadRecord(directory.AsSpan(at)); }
    }

    /// <summary>The files by name, with folders.</summary>
    public IReadOnlyDictionary<string, ZipEntry> Entries => _entries;

    /// <summary>Where an entry's bytes begin.</summary>
    public long Start(ZipEntry entry)
    {
        if (entry.Header < 0 || entry.Header > _file.Length - HeaderLength) { throw Damaged("a file in it begins outside it"); }
        Span<byte> header = stackalloc byte[HeaderLength];
        _file.ReadExactly(header, entry.Header);
        long start = entry.Header + HeaderLength + BinaryPrimitives.ReadUInt16LittleEndian(header[26..])
            + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != HeaderMark || start > _file.Length - entry.Packed)
        {
            throw Damaged("a file in it ends outside it, or does not begin where the directory says");
        }
        return start;
    }

    public McdmException Damaged(string problem) =>
        new("PyTorchArchive", ErrorKind.InvalidData, $"'{_file.Path}' is a damaged zip archive: {problem}; it was cut short or changed.");

    private (long Start, long Length, long Count) Place()
    {
        var tail = new byte[Math.Min(_file.Length, EndLength + LongestComment)];
        long tailStart = _file.Length - tail.Length;
        _file.ReadExactly(tail, tailStart);
        int end = tail.Length - EndLength;
        while (end >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end)) != EndMark) { end--; }
        if (end < 0) { throw Damaged("its end is missing"); }
        var record = tail.AsSpan(end);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), start = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        bool is64 = end >= Locator64Length && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end - Locator64Length)) == Locator64Mark;
        return is64 ? Place64(BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(end - Locator64Length + 8))) : (start, length, count);
    }

    private (long Start, long Length, long Count) Place64(long at)
    {
        if (at < 0 || at > _file.Length - End64Length) { throw Damaged("its end is missing"); }
        Span<byte> record = stackalloc byte[End64Length];
        _file.ReadExactly(record, at);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != End64Mark) { throw Damaged("its end is missing"); }
        return (BinaryPrimitives.ReadInt64LittleEndian(record[48..]), BinaryPrimitives.ReadInt64LittleEndian(record[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[32..]));
    }

    /// <returns>The record's length.</returns>
    private int ReadRecord(ReadOnlySpan<byte> record)
    {
        if (record.Length < RecordLength || BinaryPrimitives.ReadUInt32LittleEndian(record) != RecordMark) { throw Damaged("its directory is not one"); }
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(record[28..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(record[30..]),
            commentLength = BinaryPrimitives.ReadUInt16LittleEndian(record[32..]);
        int length = RecordLength + nameLength + extraLength + commentLength;
        if (length > record.Length) { throw Damaged("its directory is not one"); }
        string name = Encoding.UTF8.GetString(record.Slice(RecordLength, nameLength));
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]), method = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        if ((flags & Encrypted) != 0 || method is not (0 or Deflated))
        {
            throw Damaged($"its file '{name}' is encrypted, or packed by a method that torch.save does not use");
        }
        var (size, packed, header) = Sizes(record, record.Slice(RecordLength + nameLength, extraLength));
        if (size < 0 || packed < 0 || packed > _file.Length || (method == 0 && size != packed))
        {
            throw Damaged($"its file '{name}' has a size that cannot be");
        }
        if (!_entries.TryAdd(name, new(packed, size, method == 0, header))) { throw Damaged($"it has the file '{name}' twice"); }
        return length;
    }

    /// <summary>Sizes and place; those that do not fit in 32 bits stand in the extra field.</summary>
    private static (long Size, long Packed, long Header) Sizes(ReadOnlySpan<byte> record, ReadOnlySpan<byte> extra)
    {
        uint packed = BinaryPrimitives.ReadUInt32LittleEndian(record[20..]), size = BinaryPrimitives.ReadUInt32LittleEndian(record[24..]),
            header = BinaryPrimitives.ReadUInt32LittleEndian(record[42..]);
        while (extra.Length >= 4)
        {
            int tag = BinaryPrimitives.ReadUInt16LittleEndian(extra), length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            var field = extra.Slice(4, length);
            extra = extra[(4 + length)..];
            if (tag == Sizes64) { return (Wide(size, ref field), Wide(packed, ref field), Wide(header, ref field)); }
        }
        return (size, packed, header);
    }

    private static long Wide(uint narrow, ref ReadOnlySpan<byte> field)
    {
        if (narrow != uint.MaxValue || field.Length < sizeof(long)) { return narrow; }
        long wide = BinaryPrimitives.ReadInt64LittleEndian(field);
        field = field[sizeof(long)..];
        return wide;
    }
}
