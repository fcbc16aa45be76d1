using System.Buffers.Binary;

namespace Mcdm.Imaging.Files;

/// <summary>The fields of a TIFF file's first directory (TIFF 6.0, section 2), read and changed in place.</summary>
internal sealed class TiffFields
{
    private const int EntryLength = 12, Short = 3, Long = 4;

    private readonly byte[] _file;
    private readonly bool _isLittleEndian;
    private readonly Dictionary<int, int> _entries = [];

    /// <param name="file">The file; what is set is written into it.</param>
    /// <exception cref="ArgumentException">The directory does not lie in the file.</exception>
    public TiffFields(byte[] file)
    {
        _file = file;
        _isLittleEndian = file.AsSpan().StartsWith("II"u8);
        int directory = (int)Number(4, Long);
        for (int i = 0; i < Number(directory, Short); i++)
        {
            int entry = directory + 2 + EntryLength * i;
            _entries.TryAdd((int)Number(entry, Short), entry);
        }
    }

    /// <summary>The first value of a field of small or large whole numbers that stands in the directory itself; null where the field is missing.</summary>
    public int? this[int tag] => _entries.TryGetValue(tag, out int entry) ? (int)Number(entry + 8, (int)Number(entry + 2, Short)) : null;

    /// <summary>Gives a field that the directory has one value, a large whole number or a small one as it was.</summary>
    public void Set(int tag, int value)
    {
        if (!_entries.TryGetValue(tag, out int entry)) { return; }
        if (value > ushort.MaxValue) { Write(entry + 2, Short, Long); }
        Write(entry + 4, Long, 1);
        Write(entry + 8, (int)Number(entry + 2, Short), value);
    }

    private uint Number(int at, int type)
    {
        var bytes = _file.AsSpan(at);
        return (type, _isLittleEndian) switch
        {
            (Short, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (Short, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            (_, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (_, false) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        };
    }

    private void Write(int at, int type, int value)
    {
        var bytes = BitConverter.GetBytes(value).AsSpan(0, type == Short ? 2 : 4);
        if (!_isLittleEndian) { bytes.Reverse(); }
        bytes.CopyTo(_file.AsSpan(at));
    }
}
