using Mcdm.Imaging;

namespace Mcdm.Datasets;

/// <summary>
/// One part of a mask in a file of its own, as tools store it: white on black, 1 on 0 (which looks black), in any of the channels, or as what is opaque.
/// A channel says where the part is if its darkest pixel is at most half as bright as its brightest; alpha says it where no colour does.
/// </summary>
internal static class PartFile
{
    private const int Channels = 4, Alpha = 3;

    /// <summary>More than a byte holds.</summary>
    private const int Never = 256;

    /// <summary>What is darker in a file that keeps colours only roughly is as good as black.</summary>
    private const int HalfBright = 128;

    /// <summary>Whether each pixel belongs to the part.</summary>
    /// <param name="file">The part's file, as it was read.</param>
    public static bool[] Read(Picture file)
    {
        byte[] rgba = file.Rgba;
        var (least, most) = Range(rgba, Alpha, 0);
        int opaqueFrom = From(least, most);
        bool hasClear = opaqueFrom < Never;
        if (!hasClear) { opaqueFrom = 0; }
        var ranges = Enumerable.Range(0, Alpha).Select(channel => Range(rgba, channel, opaqueFrom)).ToArray();
        bool isBlack = ranges.Max(range => range.Most) < (file.IsLossy ? HalfBright : 1);
        var from = ranges.Select(range => isBlack ? Never : From(range.Least, range.Most)).ToArray();
        bool byColor = from.Min() < Never;
        var part = new bool[file.Width * file.Height];
        for (int i = 0; i < part.Length; i++)
        {
            int at = Channels * i;
            bool isOpaque = rgba[at + Alpha] >= opaqueFrom;
            part[i] = isOpaque && (byColor ? rgba[at] >= from[0] || rgba[at + 1] >= from[1] || rgba[at + 2] >= from[2] : hasClear || !isBlack);
        }
        return part;
    }

    /// <summary>From which value on a channel says that the part is there; <see cref="Never"/> where it does not tell.</summary>
    private static int From(int least, int most) => most > 0 && 2 * least <= most ? (least + most + 1) / 2 : Never;

    /// <summary>The smallest and the largest value of a channel over the pixels that are as opaque as that.</summary>
    private static (int Least, int Most) Range(byte[] rgba, int channel, int opaqueFrom)
    {
        int least = byte.MaxValue, most = 0;
        for (int at = 0; at < rgba.Length; at += Channels)
        {
            if (rgba[at + Alpha] < opaqueFrom) { continue; }
            byte value = rgba[at + channel];
            if (value < least) { least = value; }
            if (value > most) { most = value; }
        }
        return (least, most);
    }
}
