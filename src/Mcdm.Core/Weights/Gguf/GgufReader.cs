using System.Buffers.Binary;
using System.Text;

namespace Mcdm.Weights.Gguf;

/// <summary>Reads a GGUF file's header from its beginning on; no number in it is believed before the bytes that it speaks of are there.</summary>
internal sealed class GgufReader(DiskFile file)
{
    private const int Buffered = 1 << 16;
    private static readonly UTF8Encoding s_utf8 = new(false, throwOnInvalidBytes: true);
    private readonly byte[] _buffer = new byte[Buffered];
    private long _start;
    private int _held;

    /// <summary>The place in the file.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes that follow.</summary>
    public long Left => file.Length - Position;

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong)));

    /// <summary>A text: its length, and its bytes.</summary>
    public string Text()
    {
        ulong length = UInt64();
        if (length > Math.Min((ulong)Left, Buffered))
        {
            throw length > (ulong)Left ? Short() : Wrong($"has a name or a text of {length} bytes, more than any is long");
        }
        try
        {
            return s_utf8.GetString(Bytes((int)length));
        }
        catch (DecoderFallbackException)
        {
            throw Wrong("has a name that is not UTF-8 text");
        }
    }

    /// <summary>Goes on behind some bytes.</summary>
    public void Skip(ulong count)
    {
        if (count > (ulong)Left) { throw Short(); }
        Position += (long)count;
    }

    /// <summary>Goes on behind a text, however long.</summary>
    public void SkipText() => Skip(UInt64());

    /// <summary>The file is no GGUF file, or a damaged one.</summary>
    public McdmException Wrong(string problem) => new("GgufInvalid", ErrorKind.InvalidData, $"The GGUF file '{file.Path}' {problem}.");

    private McdmException Short() => file.Truncated("ends inside its header; it was cut short, or is no GGUF file");

    private ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > Left) { throw Short(); }
        if (Position < _start || Position + count > _start + _held)
        {
            (_start, _held) = (Position, (int)Math.Min(Buffered, Left));
            file.ReadExactly(_buffer.AsSpan(0, _held), _start);
        }
        var bytes = _buffer.AsSpan((int)(Position - _start), count);
        Position += count;
        return bytes;
    }
}
