using System.Buffers.Binary;

namespace Mcdm.Imaging.Files;

/// <summary>The segments of a JPEG file (ITU-T T.81, B.1.1): leaves out what other bytes lie between them, and finds the end.</summary>
/// <remarks>
/// The image library looks for a marker two bytes at a time, so that an odd number of such bytes hides the next segment, say a table of the picture's
/// colours.
/// </remarks>
internal static class JpegSegments
{
    private const byte Mark = 0xFF, StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA, FirstRestart = 0xD0, Temporary = 0x01;

    /// <summary>The file without bytes between segments, the same array where there are none, and whether it has its end mark.</summary>
    public static (byte[] Bytes, bool HasEnd) Clean(byte[] file)
    {
        using var clean = new MemoryStream(file.Length);
        bool hasEnd = false;
        for (int at = 0; at < file.Length && !hasEnd;)
        {
            int end = SegmentEnd(file, at);
            hasEnd = end - at >= 2 && file[at + 1] == EndOfImage;
            // What follows the end, such as the film that a telephone adds, is nothing to a decoder.
            clean.Write(file, at, end - at);
            at = Math.Max(at + 1, end);
        }
        return (clean.Length == file.Length ? file : clean.ToArray(), hasEnd);
    }

    /// <summary>
    /// Where the segment at a place ends, with a scan's data, at the file's end where it is cut short; the place itself where no segment starts there.
    /// </summary>
    private static int SegmentEnd(ReadOnlySpan<byte> file, int at)
    {
        if (file.Length - at < 2 || file[at] != Mark || file[at + 1] is 0 or Mark) { return at; }
        byte marker = file[at + 1];
        if (marker is Temporary or (>= FirstRestart and <= EndOfImage)) { return at + 2; }
        if (file.Length - at < 4) { return file.Length; }
        int end = Math.Min(file.Length, at + 2 + Math.Max(2, (int)BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..])));
        return marker == StartOfScan ? ScanEnd(file, end) : end;
    }

    /// <summary>Where the next marker is that is no restart within the scan's data.</summary>
    private static int ScanEnd(ReadOnlySpan<byte> file, int at)
    {
        while (at < file.Length && file[at..].IndexOf(Mark) is >= 0 and var mark && at + mark + 1 < file.Length)
        {
            at += mark;
            if (file[at + 1] is not (0 or (>= FirstRestart and < StartOfImage))) { return at; }
            at += 2;
        }
        return file.Length;
    }
}
