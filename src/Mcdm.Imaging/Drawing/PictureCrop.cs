namespace Mcdm.Imaging.Drawing;

/// <summary>Cuts a rectangle out of a picture.</summary>
public static class PictureCrop
{
    /// <summary>Cuts out a rectangle.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="left">First column.</param>
    /// <param name="top">First row.</param>
    /// <param name="width">Columns to keep.</param>
    /// <param name="height">Rows to keep.</param>
    /// <exception cref="McdmException"><c>CropOutside</c>: the rectangle is empty or reaches outside the picture.</exception>
    public static Picture Crop(Picture picture, int left, int top, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (left < 0 || top < 0 || width < 1 || height < 1
            || (long)left + width > picture.Width || (long)top + height > picture.Height)
        {
            throw new McdmException("CropOutside", ErrorKind.InvalidArgument,
                $"The rectangle {width}×{height} at ({left}, {top}) is not inside the picture of {picture.Width}×{picture.Height} pixels.");
        }

        if (width == picture.Width && height == picture.Height)
        {
            return picture;
        }

        var rgba = new byte[4 * width * height];
        for (int y = 0; y < height; y++)
        {
            int source = 4 * (((top + y) * picture.Width) + left);
            picture.Rgba.AsSpan(source, 4 * width).CopyTo(rgba.AsSpan(4 * y * width));
        }

        return new Picture(width, height, rgba);
    }

    /// <summary>Cuts out the largest rectangle, in the middle, that has the sides' ratio width : height.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Width of the wanted shape, in any unit.</param>
    /// <param name="height">Height of the wanted shape, in the same unit.</param>
    /// <param name="note">Receives one sentence where something was cut off.</param>
    /// <returns>The cut, or the same picture where it has that shape already (to the nearest pixel).</returns>
    public static Picture ToAspect(Picture picture, int width, int height, Action<string>? note = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var (left, top, cutWidth, cutHeight) = AspectCut(picture, width, height);
        if (cutWidth == picture.Width && cutHeight == picture.Height)
        {
            return picture;
        }

        note?.Invoke($"cut to its middle, {cutWidth}×{cutHeight} of {picture.Width}×{picture.Height} pixels, to have the shape {width}×{height}");
        return Crop(picture, left, top, cutWidth, cutHeight);
    }

    /// <summary>The rectangle that <see cref="ToAspect"/> cuts out.</summary>
    internal static (int Left, int Top, int Width, int Height) AspectCut(Picture picture, int width, int height)
    {
        double scale = Math.Min((double)picture.Width / width, (double)picture.Height / height);
        int cutWidth = Math.Clamp((int)Math.Round(width * scale), 1, picture.Width);
        int cutHeight = Math.Clamp((int)Math.Round(height * scale), 1, picture.Height);
        return ((picture.Width - cutWidth) / 2, (picture.Height - cutHeight) / 2, cutWidth, cutHeight);
    }
}
