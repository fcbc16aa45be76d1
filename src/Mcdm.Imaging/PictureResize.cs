using SixLabors.ImageSharp.Processing;

namespace Mcdm.Imaging;

/// <summary>Changes the size of a picture.</summary>
public static class PictureResize
{
    /// <summary>Brings a picture to a size; where the shape differs, the middle is kept and the rest cut off.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Wanted width in pixels.</param>
    /// <param name="height">Wanted height in pixels.</param>
    /// <param name="kind">How new pixels are made.</param>
    /// <param name="note">Receives one sentence for each thing that was done.</param>
    /// <exception cref="McdmException"><c>PictureSizeInvalid</c>: a wanted side is under 1.</exception>
    public static Picture ToSize(Picture picture, int width, int height, ResizeKind kind, Action<string>? note = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (width < 1 || height < 1)
        {
            throw new McdmException("PictureSizeInvalid", ErrorKind.InvalidArgument,
                $"A picture cannot be resized to {width}×{height} pixels; each side must be at least 1.");
        }

        if (picture.Width == width && picture.Height == height)
        {
            return picture;
        }

        Picture cropped = PictureCrop.ToAspect(picture, width, height, note);
        if (cropped.Width == width && cropped.Height == height)
        {
            return cropped;
        }

        note?.Invoke($"resized from {cropped.Width}×{cropped.Height} to {width}×{height} pixels");
        return kind == ResizeKind.Nearest ? Nearest(cropped, width, height) : Smooth(cropped, width, height);
    }

    /// <summary>Brings a picture to a size without keeping its shape, smoothly.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Wanted width in pixels, at least 1.</param>
    /// <param name="height">Wanted height in pixels, at least 1.</param>
    public static Picture Stretch(Picture picture, int width, int height) =>
        picture.Width == width && picture.Height == height ? picture : Smooth(picture, width, height);

    /// <summary>Lays a picture on a background, so that every pixel is opaque.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="background">What shows through; white when left out.</param>
    /// <returns>The opaque picture; the same one where it was opaque already.</returns>
    public static Picture Flatten(Picture picture, PictureColor? background = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.IsOpaque)
        {
            return picture;
        }

        PictureColor paper = background ?? PictureColor.White;
        byte[] source = picture.Rgba;
        var rgba = new byte[source.Length];
        for (int i = 0; i < rgba.Length; i += 4)
        {
            int alpha = source[i + 3];
            rgba[i] = Over(source[i], paper.Red, alpha);
            rgba[i + 1] = Over(source[i + 1], paper.Green, alpha);
            rgba[i + 2] = Over(source[i + 2], paper.Blue, alpha);
            rgba[i + 3] = 255;
        }

        return new Picture(picture.Width, picture.Height, rgba);
    }

    /// <summary>The pixel of a picture that becomes a given one when it is brought to a size by <see cref="ResizeKind.Nearest"/>.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">The size's width in pixels.</param>
    /// <param name="height">The size's height in pixels.</param>
    /// <param name="x">Column of the pixel at that size.</param>
    /// <param name="y">Row of the pixel at that size.</param>
    public static (int Column, int Row) NearestIn(Picture picture, int width, int height, int x, int y)
    {
        var cut = PictureCrop.AspectCut(picture, width, height);
        return (cut.Left + Nearest(x, width, cut.Width), cut.Top + Nearest(y, height, cut.Height));
    }

    /// <summary>The old pixel, of so many, in which the middle of a new one lies.</summary>
    private static int Nearest(int i, int count, int oldCount) => (int)(((2L * i) + 1) * oldCount / (2L * count));

    private static byte Over(int ink, int paper, int alpha) => (byte)(((ink * alpha) + (paper * (255 - alpha)) + 127) / 255);

    private static Picture Nearest(Picture picture, int width, int height)
    {
        var rgba = new byte[4L * width * height];
        for (int y = 0; y < height; y++)
        {
            int sourceY = Nearest(y, height, picture.Height);
            for (int x = 0; x < width; x++)
            {
                int from = 4 * ((sourceY * picture.Width) + Nearest(x, width, picture.Width));
                picture.Rgba.AsSpan(from, 4).CopyTo(rgba.AsSpan(4 * ((y * width) + x)));
            }
        }

        return new Picture(width, height, rgba);
    }

    /// <summary>Colours weigh as much as they are opaque.</summary>
    private static Picture Smooth(Picture picture, int width, int height)
    {
        using var image = Pixels.Of(picture);
        using var resized = image.Clone(operation => operation.Resize(width, height, KnownResamplers.MitchellNetravali));
        return Pixels.ToPicture(resized);
    }
}
