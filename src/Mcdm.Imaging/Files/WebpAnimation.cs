using System.Buffers.Binary;

namespace Mcdm.Imaging.Files;

/// <summary>An animated WebP (RFC 9649, 2.7), which the image library does not read, as its first picture: a file of its own that it reads.</summary>
/// <param name="Still">The first picture's file.</param>
/// <param name="Width">Columns of the animation.</param>
/// <param name="Height">Rows of the animation.</param>
/// <param name="X">The column where the first picture begins.</param>
/// <param name="Y">The row where the first picture begins.</param>
internal sealed record WebpAnimation(byte[] Still, int Width, int Height, int X, int Y)
{
    private const int FirstChunk = 12, ChunkHead = 8, FrameHead = 16;
    private const byte Animated = 0x02, HasAlpha = 0x10;

    /// <summary>Whether a WebP file is an animation.</summary>
    public static bool IsOne(ReadOnlySpan<byte> file) =>
        file.Length > FirstChunk + ChunkHead && file[FirstChunk..].StartsWith("VP8X"u8) && (file[FirstChunk + ChunkHead] & Animated) != 0;

    /// <summary>Whether the chunks of a WebP file lie within it. The image library believes their lengths, and reads what is not the process's own.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> file)
    {
        for (int at = FirstChunk; file.Length - at >= ChunkHead; at = Next(file, at))
        {
            if (LengthAt(file, at) > file.Length - at - ChunkHead) { return false; }
        }
        return true;
    }

    /// <summary>The animation in a file that is whole (<see cref="IsWhole"/>).</summary>
    /// <exception cref="EndOfStreamException">The file has no picture.</exception>
    public static WebpAnimation Read(ReadOnlySpan<byte> file)
    {
        for (int at = FirstChunk; file.Length - at >= ChunkHead; at = Next(file, at))
        {
            if (!file[at..].StartsWith("ANMF"u8)) { continue; }
            var body = file.Slice(at + ChunkHead, (int)LengthAt(file, at));
            return new WebpAnimation(StillOf(body), Number(file[(FirstChunk + 12)..]) + 1, Number(file[(FirstChunk + 15)..]) + 1,
                2 * Number(body), 2 * Number(body[3..]));
        }
        throw new EndOfStreamException();
    }

    private static uint LengthAt(ReadOnlySpan<byte> file, int chunk) => BinaryPrimitives.ReadUInt32LittleEndian(file[(chunk + 4)..]);

    /// <summary>Where the chunk after one begins that lies within the file; odd lengths are filled up.</summary>
    private static int Next(ReadOnlySpan<byte> file, int chunk) => chunk + ChunkHead + (int)LengthAt(file, chunk) + (int)(LengthAt(file, chunk) & 1);

    /// <summary>What an animation shows first: its first picture in its place, and nothing around it.</summary>
    public Picture Shown(Picture first)
    {
        if ((first.Width, first.Height) == (Width, Height)) { return first; }
        var shown = new byte[4 * Width * Height];
        int length = 4 * Math.Clamp(Width - X, 0, first.Width);
        for (int row = 0; row < first.Height && Y + row < Height; row++)
        {
            first.Rgba.AsSpan(4 * row * first.Width, length).CopyTo(shown.AsSpan(4 * ((Y + row) * Width + X)));
        }
        return new Picture(Width, Height, shown) { IsLossy = first.IsLossy };
    }

    /// <summary>A frame's chunks as a file: an alpha channel beside the colours asks for a head that says so.</summary>
    private static byte[] StillOf(ReadOnlySpan<byte> frame)
    {
        byte[] head = frame[FrameHead..].StartsWith("ALPH"u8) ? [.. "VP8X"u8, 10, 0, 0, 0, HasAlpha, 0, 0, 0, .. frame[6..12]] : [];
        byte[] chunks = [.. "WEBP"u8, .. head, .. frame[FrameHead..]];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(chunks.Length), .. chunks];
    }

    private static int Number(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;
}
