using Mcdm.Imaging;

namespace Mcdm.Evaluation;

/// <summary>
/// Where a picture is flat: the neighbourhoods of 3×3 pixels, all inside the picture, in which the levels of red, of green and
/// of blue each vary by at most 2 of 255 (the largest less the smallest).
/// </summary>
public static class Flatness
{
    /// <summary>Pixels along each side of a neighbourhood.</summary>
    public const int Side = 3;

    /// <summary>Largest difference of two levels of one channel in a flat neighbourhood.</summary>
    public const int Tolerance = 2;

    /// <summary>Whether each neighbourhood is flat.</summary>
    /// <param name="picture">An opaque picture.</param>
    /// <returns>(width − 2) × (height − 2) values, row by row, a neighbourhood at its upper left pixel; none where a side is under 3 pixels.</returns>
    public static bool[] Of(Picture picture)
    {
        int columns = picture.Width - Side + 1, rows = picture.Height - Side + 1;
        if (columns < 1 || rows < 1) { return []; }
        var flat = new bool[columns * rows];
        for (int i = 0; i < flat.Length; i++) { flat[i] = IsFlat(picture, i % columns, i / columns); }
        return flat;
    }

    /// <summary>The share of a picture's neighbourhoods that are flat.</summary>
    /// <param name="flat">Whether each is, from <see cref="Of"/>.</param>
    /// <returns>0…1; null where there is none.</returns>
    public static double? Share(bool[] flat) => flat.Length == 0 ? null : (double)flat.Count(isFlat => isFlat) / flat.Length;

    private static bool IsFlat(Picture picture, int left, int top)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            byte least = byte.MaxValue, most = byte.MinValue;
            for (int y = top; y < top + Side; y++)
            {
                for (int x = left; x < left + Side; x++)
                {
                    byte level = picture.Rgba[4 * (y * picture.Width + x) + channel];
                    least = Math.Min(least, level);
                    most = Math.Max(most, level);
                }
            }
            if (most - least > Tolerance) { return false; }
        }
        return true;
    }
}
