namespace Mcdm.Imaging;

/// <summary>Turns a picture upright by its EXIF orientation (TIFF tag 274, 1…8).</summary>
internal static class PictureOrientation
{
    public static Picture Apply(Picture picture, int orientation)
    {
        if (orientation is < 2 or > 8)
        {
            return picture;
        }

        int width = picture.Width, height = picture.Height;
        int newWidth = orientation >= 5 ? height : width;
        int newHeight = orientation >= 5 ? width : height;
        var rgba = new byte[picture.Rgba.Length];
        for (int y = 0; y < newHeight; y++)
        {
            for (int x = 0; x < newWidth; x++)
            {
                (int fromX, int fromY) = orientation switch
                {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, height - 1 - x),
                    7 => (width - 1 - y, height - 1 - x),
                    _ => (width - 1 - y, x),
                };
                picture.Rgba.AsSpan(4 * ((fromY * width) + fromX), 4).CopyTo(rgba.AsSpan(4 * ((y * newWidth) + x)));
            }
        }

        return new Picture(newWidth, newHeight, rgba);
    }

    /// <summary>What <see cref="Apply"/> does, in words; null where it does nothing.</summary>
    public static string? Describe(int orientation) => orientation switch
    {
        2 => "mirrored left to right",
        3 => "turned 180°",
        4 => "mirrored top to bottom",
        5 => "mirrored and turned 90° to the left",
        6 => "turned 90° to the right",
        7 => "mirrored and turned 90° to the right",
        8 => "turned 90° to the left",
        _ => null,
    };
}
