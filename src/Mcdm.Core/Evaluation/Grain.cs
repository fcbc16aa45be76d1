using Mcdm.Imaging;

namespace Mcdm.Evaluation;

/// <summary>Grain: how much pixels differ where a picture should be of one colour, as a root mean square (rms) in levels, units of 1/255.</summary>
public static class Grain
{
    /// <summary>The corner's side is this part of the picture's width.</summary>
    private const int CornerShare = 8;

    /// <summary>Pixels of a neighbourhood.</summary>
    private const int Pixels = Flatness.Side * Flatness.Side;

    /// <summary>
    /// The grain of the upper left square whose side is an eighth of the picture's width: the rms over its pixels and red, green
    /// and blue of what a level differs from its channel's mean over the square.
    /// </summary>
    /// <param name="picture">An opaque picture. One of less than 8 columns has a corner of one pixel, whose grain is 0.</param>
    /// <returns>Levels: 0 for one colour.</returns>
    public static double InCorner(Picture picture)
    {
        int side = Math.Max(1, picture.Width / CornerShare), height = Math.Min(side, picture.Height);
        return Math.Sqrt(Squares(picture, 0, side, height) / (3 * side * height));
    }

    /// <summary>
    /// The grain in given neighbourhoods of 3×3 pixels: the square root of the mean, over the neighbourhoods and red, green and
    /// blue, of the variance of the 9 levels about their own mean in this picture (squares summed and divided by 8, so that
    /// independent noise of deviation s has grain s). Slow changes of colour don't count, and neither does the part of the
    /// grain that is coarser than a neighbourhood.
    /// </summary>
    /// <param name="picture">An opaque picture.</param>
    /// <param name="places">Where.</param>
    /// <returns>Levels; null for a picture of another size than the places are of.</returns>
    public static double? At(Picture picture, FlatPlaces places)
    {
        if ((picture.Width, picture.Height) != (places.Width, places.Height)) { return null; }
        double squares = places.Corners.Sum(corner => Squares(picture, corner, Flatness.Side, Flatness.Side));
        return Math.Sqrt(squares / (3.0 * (Pixels - 1) * places.Corners.Count));
    }

    /// <summary>Sum over a rectangle's pixels and the three channels of the squared difference from the channel's mean there.</summary>
    private static double Squares(Picture picture, int corner, int width, int height)
    {
        double squares = 0;
        for (int channel = 0; channel < 3; channel++)
        {
            long sum = 0, sumOfSquares = 0;
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int level = picture.Rgba[4 * (corner + y * picture.Width + x) + channel];
                    sum += level;
                    sumOfSquares += level * level;
                }
            }
            squares += sumOfSquares - (double)sum * sum / (width * height);
        }
        return squares;
    }
}
