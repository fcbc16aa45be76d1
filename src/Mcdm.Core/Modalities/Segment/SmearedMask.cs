using Mcdm.Imaging;

namespace Mcdm.Modalities.Segment;

/// <summary>
/// A mask from a file that keeps colours only roughly, such as JPEG. A pixel that is clearly nearest to one part's colour, among neighbours of the same
/// part, is that part;
/// the others, which lie along borders, state nothing: between black and white a border may look like a part that is grey.
/// </summary>
internal static class SmearedMask
{
    /// <summary>Largest distance from a part's colour, Euclidean in levels of red, green and blue.</summary>
    private const double Tolerance = 40;

    /// <summary>A pixel is so many times nearer to its part's colour than to any other, squared.</summary>
    private const int ClearlyNearer = 4;

    /// <summary>Of the eight neighbours.</summary>
    private const int LikeNeighbours = 4;

    /// <summary>Where fewer of the pixels are any part, the picture is no mask of these parts.</summary>
    private const double LeastShare = 0.5;

    /// <summary>The mask in the parts' own colours, transparent where it states nothing.</summary>
    /// <param name="mask">The mask as it was read.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="name">The mask's name, for messages.</param>
    /// <exception cref="McdmException"><c>MaskColorUnknown</c>: hardly any colour is near a part's.</exception>
    public static Picture Sharp(Picture mask, IReadOnlyList<Part> parts, string name)
    {
        int[] colours = parts.Select(part => part.Rgb).ToArray();
        int[] nearest = Enumerable.Range(0, mask.Width * mask.Height).Select(i => Nearest(mask.Rgba.AsSpan(4 * i, 4), colours)).ToArray();
        var rgba = new byte[mask.Rgba.Length];
        int stated = 0, opaque = 0;
        for (int i = 0; i < nearest.Length; i++)
        {
            opaque += mask.Rgba[4 * i + 3] < 128 ? 0 : 1;
            if (nearest[i] < 0 || Like(nearest, mask.Width, mask.Height, i) < LikeNeighbours) { continue; }
            int rgb = colours[nearest[i]];
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb, 255);
            stated++;
        }
        return stated >= LeastShare * opaque ? new Picture(mask.Width, mask.Height, rgba)
            : throw new McdmException("MaskColorUnknown", ErrorKind.InvalidData,
                $"{name} is a JPEG (or a WebP like one), which smears the colours of labels: only {100L * stated / opaque} % of its pixels are near the "
                    + $"colour of a part. Save masks as PNG. The parts are: {string.Join(", ", parts)}.");
    }

    /// <summary>The part whose colour is clearly the nearest to a pixel's; −1 for none.</summary>
    private static int Nearest(ReadOnlySpan<byte> pixel, int[] colours)
    {
        if (pixel[3] < 128) { return -1; }
        var (best, bestDistance, nextDistance) = (-1, int.MaxValue, int.MaxValue);
        for (int i = 0; i < colours.Length; i++)
        {
            int red = pixel[0] - (colours[i] >> 16), green = pixel[1] - (colours[i] >> 8 & 255), blue = pixel[2] - (colours[i] & 255);
            int distance = red * red + green * green + blue * blue;
            if (distance < bestDistance) { (best, bestDistance, nextDistance) = (i, distance, bestDistance); }
            else if (distance < nextDistance) { nextDistance = distance; }
        }
        return bestDistance <= Tolerance * Tolerance && (long)ClearlyNearer * bestDistance <= nextDistance ? best : -1;
    }

    /// <summary>How many of the eight neighbours are the same part; the picture goes on outside.</summary>
    private static int Like(int[] nearest, int width, int height, int i)
    {
        int count = -1;
        for (int y = i / width - 1; y <= i / width + 1; y++)
        {
            for (int x = i % width - 1; x <= i % width + 1; x++)
            {
                count += nearest[Math.Clamp(y, 0, height - 1) * width + Math.Clamp(x, 0, width - 1)] == nearest[i] ? 1 : 0;
            }
        }
        return count;
    }
}
