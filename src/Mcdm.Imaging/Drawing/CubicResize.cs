namespace Mcdm.Imaging.Drawing;

/// <summary>
/// Bicubic resizing to the byte as Pillow has it, which CLIP's pictures are made by: a = −½, widened when shrinking; along the width, then along the height,
/// each with weights of 22 bits and rounded to bytes. Only what is kept is computed.
/// </summary>
public static class CubicResize
{
    private const int Bits = 22, Support = 2, Channels = 4;
    private const double A = -0.5;

    /// <summary>The middle square of a picture whose short side is brought to a size; the long side is cut off to whole pixels.</summary>
    /// <param name="picture">The picture, opaque.</param>
    /// <param name="side">The square's side in pixels, at least 1.</param>
    public static Picture MiddleSquare(Picture picture, int side)
    {
        ArgumentNullException.ThrowIfNull(picture);
        long shorter = Math.Min(picture.Width, picture.Height), width = side * (long)picture.Width / shorter, height = side * (long)picture.Height / shorter;
        var columns = Weights(picture.Width, width, (width - side) / 2, side);
        var rows = Weights(picture.Height, height, (height - side) / 2, side);
        int first = rows.Min(row => row.First), last = rows.Max(row => row.First + row.Weights.Length);
        byte[] across = Pass(picture.Rgba.AsSpan(Channels * first * picture.Width), last - first, Channels, Channels * picture.Width, columns);
        byte[] square = Pass(across, side, Channels * side, Channels, [.. rows.Select(row => (row.First - first, row.Weights))]);
        // The lines of the second pass are the square's columns.
        var rgba = new byte[square.Length];
        for (int column = 0; column < side; column++)
        {
            for (int row = 0; row < side; row++)
            {
                square.AsSpan(Channels * (column * side + row), Channels).CopyTo(rgba.AsSpan(Channels * (row * side + column)));
            }
        }
        return new Picture(side, side, rgba);
    }

    /// <summary>Makes new pixels along lines; they lie line by line.</summary>
    /// <param name="pixels">The old ones.</param>
    /// <param name="lines">Number of lines.</param>
    /// <param name="step">Bytes from a pixel to the next in its line.</param>
    /// <param name="next">Bytes from a line to the next.</param>
    /// <param name="places">Where each new pixel's old ones begin in a line, and their weights.</param>
    private static byte[] Pass(ReadOnlySpan<byte> pixels, int lines, int step, int next, (int First, int[] Weights)[] places)
    {
        var made = new byte[(long)lines * places.Length * Channels];
        for (int line = 0, at = 0; line < lines; line++)
        {
            foreach (var (first, weights) in places)
            {
                int red = 1 << (Bits - 1), green = red, blue = red, from = line * next + first * step;
                foreach (int weight in weights)
                {
                    red += weight * pixels[from];
                    green += weight * pixels[from + 1];
                    blue += weight * pixels[from + 2];
                    from += step;
                }
                made[at++] = Level(red);
                made[at++] = Level(green);
                made[at++] = Level(blue);
                made[at++] = byte.MaxValue;
            }
        }
        return made;
    }

    private static byte Level(int sum) => (byte)Math.Clamp(sum >> Bits, 0, byte.MaxValue);

    /// <summary>Which old places some new ones are made of, with weights in parts of 2²².</summary>
    /// <param name="from">Old places.</param>
    /// <param name="to">New places.</param>
    /// <param name="first">The first of the new places that are wanted.</param>
    /// <param name="count">How many.</param>
    private static (int First, int[] Weights)[] Weights(int from, long to, long first, int count) => Enumerable.Range(0, count).Select(wanted =>
    {
        long place = first + wanted;
        // A size that stays is not touched.
        if (from == to) { return ((int)place, [1 << Bits]); }
        double scale = (double)from / to, widened = Math.Max(scale, 1), centre = (place + 0.5) * scale;
        int low = Math.Max(0, (int)(centre - Support * widened + 0.5)), high = Math.Min(from, (int)(centre + Support * widened + 0.5));
        double[] weights = Enumerable.Range(low, high - low).Select(x => Cubic((x - centre + 0.5) / widened)).ToArray();
        double sum = weights.Sum();
        return (low, weights.Select(weight => (int)Math.Round(weight / sum * (1 << Bits), MidpointRounding.AwayFromZero)).ToArray());
    }).ToArray();

    /// <summary>The cubic convolution kernel (Keys 1981).</summary>
    private static double Cubic(double x)
    {
        x = Math.Abs(x);
        return x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : x < 2 ? A * (((x - 5) * x + 8) * x - 4) : 0;
    }
}
