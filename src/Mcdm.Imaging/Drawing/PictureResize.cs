using System.Runtime.InteropServices;
using SixLabors.ImageSharp.Processing;

namespace Mcdm.Imaging.Drawing;

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
        return kind == ResizeKind.Smooth ? Smooth(cropped, width, height) : Picked(cropped, width, height, kind);
    }

    /// <summary>Brings a picture to a size without keeping its shape, smoothly.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Wanted width in pixels, at least 1.</param>
    /// <param name="height">Wanted height in pixels, at least 1.</param>
    public static Picture Stretch(Picture picture, int width, int height) =>
        picture.Width == width && picture.Height == height ? picture : Smooth(picture, width, height);

    /// <summary>Brings an opaque picture to a size smoothly; where the shape differs, as is said.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">Wanted width in pixels, at least 1.</param>
    /// <param name="height">Wanted height in pixels, at least 1.</param>
    /// <param name="fit">What becomes of another shape.</param>
    /// <param name="note">Receives one sentence for each thing that was done.</param>
    public static Picture Fitted(Picture picture, int width, int height, PictureFit fit, Action<string>? note = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        switch (fit)
        {
            case PictureFit.Stretch: return Stretch(picture, width, height);
            case PictureFit.Pad:
                double scale = Math.Min((double)width / picture.Width, (double)height / picture.Height);
                int inner = Math.Clamp((int)Math.Round(picture.Width * scale), 1, width), rows = Math.Clamp((int)Math.Round(picture.Height * scale), 1, height);
                return Framed(Stretch(picture, inner, rows), width, height);
            default: return ToSize(picture, width, height, ResizeKind.Smooth, note);
        }
    }

    /// <summary>A picture in the middle of a black one.</summary>
    private static Picture Framed(Picture picture, int width, int height)
    {
        if (picture.Width == width && picture.Height == height) { return picture; }
        var rgba = new byte[4 * width * height];
        for (int alpha = 3; alpha < rgba.Length; alpha += 4) { rgba[alpha] = 255; }
        int left = (width - picture.Width) / 2, top = (height - picture.Height) / 2;
        for (int row = 0; row < picture.Height; row++)
        {
            picture.Rgba.AsSpan(4 * row * picture.Width, 4 * picture.Width).CopyTo(rgba.AsSpan(4 * ((top + row) * width + left)));
        }
        return new Picture(width, height, rgba);
    }

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

    /// <summary>
    /// The pixel of a picture that becomes a given one when it is brought to a size by <see cref="ResizeKind.Nearest"/> or
    /// <see cref="ResizeKind.Majority"/>.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">The size's width in pixels.</param>
    /// <param name="height">The size's height in pixels.</param>
    /// <param name="x">Column of the pixel at that size.</param>
    /// <param name="y">Row of the pixel at that size.</param>
    /// <param name="kind">How new pixels are made: not smoothly.</param>
    public static (int Column, int Row) SourceIn(Picture picture, int width, int height, int x, int y, ResizeKind kind)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var cut = PictureCrop.AspectCut(picture, width, height);
        var (column, row) = Source(PictureCrop.ToAspect(picture, width, height), width, height, x, y, kind, []);
        return (cut.Left + column, cut.Top + row);
    }

    /// <summary>The old pixel that becomes a new one.</summary>
    /// <param name="picture">The old pixels.</param>
    /// <param name="width">New columns.</param>
    /// <param name="height">New rows.</param>
    /// <param name="x">Column of the new pixel.</param>
    /// <param name="y">Row of the new pixel.</param>
    /// <param name="kind">How it is chosen.</param>
    /// <param name="counts">Room for the count of each colour.</param>
    private static (int Column, int Row) Source(Picture picture, int width, int height, int x, int y, ResizeKind kind, Dictionary<uint, int> counts)
    {
        var middle = (Column: Nearest(x, width, picture.Width), Row: Nearest(y, height, picture.Height));
        if (kind == ResizeKind.Nearest) { return middle; }
        var colors = MemoryMarshal.Cast<byte, uint>(picture.Rgba);
        var (left, right) = Covered(x, width, picture.Width);
        var (top, bottom) = Covered(y, height, picture.Height);
        counts.Clear();
        for (int row = top; row <= bottom; row++)
        {
            foreach (uint color in colors[(row * picture.Width + left)..(row * picture.Width + right + 1)])
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, color, out _)++;
            }
        }

        int most = counts.Values.Max();
        // Of colours that are as frequent, that of the middle, else the first.
        if (counts.GetValueOrDefault(colors[middle.Row * picture.Width + middle.Column]) == most) { return middle; }
        int at = left + top * picture.Width;
        while (counts[colors[at]] < most) { at = at % picture.Width == right ? at - right + left + picture.Width : at + 1; }
        return (at % picture.Width, at / picture.Width);
    }

    /// <summary>The old pixels, of so many, whose middles lie in a new one; where it is smaller than they, the one in which its middle lies.</summary>
    private static (int First, int Last) Covered(int i, int count, int oldCount)
    {
        int First(int place) => (int)(((2L * place * oldCount) + count - 1) / (2L * count));
        return oldCount > count ? (First(i), First(i + 1) - 1) : (Nearest(i, count, oldCount), Nearest(i, count, oldCount));
    }

    /// <summary>The old pixel, of so many, in which the middle of a new one lies.</summary>
    private static int Nearest(int i, int count, int oldCount) => (int)(((2L * i) + 1) * oldCount / (2L * count));

    private static byte Over(int ink, int paper, int alpha) => (byte)(((ink * alpha) + (paper * (255 - alpha)) + 127) / 255);

    /// <summary>Every new pixel is one of the old.</summary>
    private static Picture Picked(Picture picture, int width, int height, ResizeKind kind)
    {
        var rgba = new byte[4L * width * height];
        var counts = new Dictionary<uint, int>();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var (column, row) = Source(picture, width, height, x, y, kind, counts);
                picture.Rgba.AsSpan(4 * ((row * picture.Width) + column), 4).CopyTo(rgba.AsSpan(4 * ((y * width) + x)));
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
