using Mcdm.Imaging.Drawing;

namespace Mcdm.Imaging.Lines;

/// <summary>A sketch is lines on paper: reads them from a picture, and draws them as one.</summary>
public static class SketchLines
{
    /// <summary>
    /// Draws lines in black on white paper. Lines that cover more than half would be taken for the paper; they are drawn in
    /// white on a clear sheet.
    /// </summary>
    /// <param name="lines">width × height values, row by row: whether a line runs through the pixel.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    public static Picture ToPicture(bool[] lines, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(lines);
        bool onClearSheet = lines.Count(line => line) > lines.Length / 2;
        var rgba = new byte[4 * lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            byte level = lines[i] && !onClearSheet ? (byte)0 : (byte)255;
            byte alpha = lines[i] || !onClearSheet ? (byte)255 : (byte)0;
            (rgba[4 * i], rgba[(4 * i) + 1], rgba[(4 * i) + 2], rgba[(4 * i) + 3]) = (level, level, level, alpha);
        }

        return new Picture(width, height, rgba);
    }

    /// <summary>
    /// Reads the lines of a sketch: dark ones on light paper, or light ones on dark, found relative to what the paper and the ink look like
    /// (<see cref="PaperAndInk"/>); whichever of light and dark covers more is the paper. Transparent pixels are white paper; where everything else is
    /// light, that is ink.
    /// Reads back exactly what <see cref="ToPicture"/> drew, as long as some paper is left.
    /// </summary>
    /// <param name="sketch">The sketch.</param>
    /// <returns>width × height values, row by row: whether a line runs through the pixel; false for all where nothing stands out from the paper.</returns>
    public static bool[] Read(Picture sketch)
    {
        ArgumentNullException.ThrowIfNull(sketch);
        byte[] rgba = sketch.Rgba;
        var opaque = new bool[sketch.Width * sketch.Height];
        bool hasDark = false;
        for (int i = 0; i < opaque.Length; i++)
        {
            opaque[i] = rgba[(4 * i) + 3] >= 128;
            hasDark |= opaque[i] && IsDark(rgba[4 * i], rgba[(4 * i) + 1], rgba[(4 * i) + 2]);
        }

        // Only light ink on a transparent sheet is still ink.
        return !hasDark && opaque.Contains(false) && opaque.Contains(true) ? opaque : PaperAndInk.Ink(PictureResize.Flatten(sketch));
    }

    /// <summary>
    /// Reads the lines of a sketch at another size. Thin lines stay: a pixel has a line where any line ran through its part of
    /// the sketch, and then lines are thinned to one pixel. A sketch of the wanted size is read as it is.
    /// </summary>
    /// <param name="sketch">The sketch; where its shape differs, its middle is used.</param>
    /// <param name="width">Wanted width in pixels.</param>
    /// <param name="height">Wanted height in pixels.</param>
    /// <param name="note">Receives one sentence for each thing that was done.</param>
    /// <returns>width × height values, row by row: whether a line runs through the pixel.</returns>
    /// <exception cref="McdmException"><c>PictureSizeInvalid</c>: a wanted side is under 1.</exception>
    public static bool[] Read(Picture sketch, int width, int height, Action<string>? note = null)
    {
        ArgumentNullException.ThrowIfNull(sketch);
        if (width < 1 || height < 1)
        {
            throw new McdmException("PictureSizeInvalid", ErrorKind.InvalidArgument,
                $"A sketch cannot be read at {width}×{height} pixels; each side must be at least 1.");
        }

        Picture cut = PictureCrop.ToAspect(sketch, width, height, note);
        bool[] lines = Read(cut);
        if (cut.Width == width && cut.Height == height)
        {
            return lines;
        }

        note?.Invoke($"resized from {cut.Width}×{cut.Height} to {width}×{height} pixels, lines thinned to one pixel");
        var resized = new bool[width * height];
        for (int y = 0; y < height; y++)
        {
            (int top, int bottom) = Part(y, height, cut.Height);
            for (int x = 0; x < width; x++)
            {
                (int left, int right) = Part(x, width, cut.Width);
                for (int row = top; row < bottom && !resized[(y * width) + x]; row++)
                {
                    resized[(y * width) + x] = lines.AsSpan((row * cut.Width) + left, right - left).Contains(true);
                }
            }
        }

        LineThinning.Thin(resized, width, height);
        return resized;
    }

    /// <summary>The old pixels, at least one, that new pixel i covers.</summary>
    private static (int From, int To) Part(int i, int newCount, int oldCount)
    {
        int from = (int)((long)i * oldCount / newCount);
        return (from, Math.Max(from + 1, (int)((i + 1L) * oldCount / newCount)));
    }

    /// <summary>Under mid-grey, by Rec. 601 luma.</summary>
    private static bool IsDark(int red, int green, int blue) => (299 * red) + (587 * green) + (114 * blue) < 127_500;
}
