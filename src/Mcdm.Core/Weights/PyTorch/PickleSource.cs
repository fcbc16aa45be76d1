using System.Buffers.Binary;
using System.Text;

namespace Mcdm.Weights.PyTorch;

/// <summary>The bytes of pickles, from front to back, a piece in memory at a time.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="stream">Where they come from; stays the caller's.</param>
internal sealed class PickleSource(string path, Stream stream)
{
    /// <summary>The longest text that is kept; longer ones are no names of tensors.</summary>
    public const int LongestText = 1 << 14;

    /// <summary>The longest pickle, without the tensors' numbers, which lie outside.</summary>
    private const long LongestPickle = 64 << 20;

    private readonly byte[] _buffer = new byte[LongestText];
    private int _at, _end;
    private long _read, _from;

    public string Path => path;

    /// <summary>Bytes taken so far.</summary>
    public long Position => _read - (_end - _at);

    /// <summary>Begins to count anew for the next pickle.</summary>
    public void BeginPickle() => _from = Position;

    public byte Byte() => Bytes(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    /// <summary>The next few bytes, at most <see cref="LongestText"/>; good until more are taken.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (_end - _at < count) { Refill(count); }
        _at += count;
        Check();
        return _buffer.AsSpan(_at - count, count);
    }

    /// <summary>Text of a length; null, and passed over, where it is longer than a name can be.</summary>
    public string? Text(ulong length, Encoding encoding)
    {
        if (length <= LongestText) { return encoding.GetString(Bytes((int)length)); }
        Skip(length);
        return null;
    }

    /// <summary>A line of text, as old pickles have names.</summary>
    public string Line()
    {
        var line = new StringBuilder();
        for (byte letter; (letter = Byte()) != '\n';)
        {
            if (line.Length == LongestText) { throw Invalid("has a name that does not end"); }
            line.Append((char)letter);
        }
        return line.ToString();
    }

    public void Skip(ulong length)
    {
        if (length > LongestPickle) { throw Invalid($"has a text of {length} bytes"); }
        for (long left = (long)length; left > 0; left -= _buffer.Length) { Bytes((int)Math.Min(left, _buffer.Length)); }
    }

    public McdmException Invalid(string problem) =>
        new("PyTorchPickle", ErrorKind.InvalidData, $"The pickle of '{path}' {problem}; it is damaged, or was not written by torch.save.");

    private void Refill(int count)
    {
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        (_at, _end) = (0, _end - _at);
        while (_end < count)
        {
            int read;
            try
            {
                read = stream.Read(_buffer.AsSpan(_end));
            }
            catch (InvalidDataException e)
            {
                throw new McdmException("PyTorchPacked", ErrorKind.InvalidData, $"'{path}' is damaged: what is packed in it cannot be unpacked.", e);
            }
            if (read == 0)
            {
                throw new McdmException("PyTorchTruncated", ErrorKind.InvalidData,
                    $"The pickle of '{path}' ends too early: the file was cut short or damaged.");
            }
            (_end, _read) = (_end + read, _read + read);
        }
    }

    private void Check()
    {
        if (Position - _from <= LongestPickle) { return; }
        throw new McdmException("PyTorchPickleLong", ErrorKind.LimitsExceeded,
            $"The pickle of '{path}' is longer than {LongestPickle >> 20} MB, without the tensors' numbers; at most that is read.");
    }
}
