namespace Mcdm.Imaging.Drawing;

/// <summary>Reduces a picture by averaging, the plainest way to say roughly which colours are where.</summary>
public static class AreaAverage
{
    /// <summary>
    /// Cuts a picture into a grid of equal rectangles and gives each its mean colour (sRGB values as they are); a pixel on a
    /// border counts in both rectangles by its share.
    /// </summary>
    /// <param name="picture">The picture; lay a transparent one on a background first (<see cref="PictureResize.Flatten"/>).</param>
    /// <param name="columns">Columns of the grid, at least 1.</param>
    /// <param name="rows">Rows of the grid, at least 1.</param>
    /// <returns>An opaque picture of columns × rows pixels.</returns>
    public static Picture Reduce(Picture picture, int columns, int rows)
    {
        var (across, down) = (Shares(picture.Width, columns), Shares(picture.Height, rows));
        var rgba = new byte[4 * columns * rows];
        for (int i = 0; i < columns * rows; i++)
        {
            var (xs, ys) = (across[i % columns], down[i / columns]);
            double red = 0, green = 0, blue = 0;
            foreach (var (y, height) in ys)
            {
                foreach (var (x, width) in xs)
                {
                    var pixel = picture.Rgba.AsSpan(4 * (y * picture.Width + x), 3);
                    double share = width * height;
                    red += share * pixel[0];
                    green += share * pixel[1];
                    blue += share * pixel[2];
                }
            }
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = (Level(red), Level(green), Level(blue), 255);
        }
        return new Picture(columns, rows, rgba);
    }

    private static byte Level(double value) => (byte)Math.Clamp(Math.Round(value, MidpointRounding.AwayFromZero), 0, 255);

    /// <summary>For each cell of a line, the pixels it covers and what share of the cell each has; the shares of a cell sum to 1.</summary>
    private static (int Pixel, double Share)[][] Shares(int pixels, int cells) => Enumerable.Range(0, cells).Select(cell =>
    {
        double scale = (double)pixels / cells, start = cell * scale, end = start + scale;
        int first = (int)start, last = Math.Min(pixels, (int)Math.Ceiling(end));
        return Enumerable.Range(first, last - first)
            .Select(pixel => (pixel, (Math.Min(pixel + 1, end) - Math.Max(pixel, start)) / scale)).ToArray();
    }).ToArray();
}
