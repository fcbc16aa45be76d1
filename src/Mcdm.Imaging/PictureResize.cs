using System.Numerics;

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

    private static byte Over(int ink, int paper, int alpha) => (byte)(((ink * alpha) + (paper * (255 - alpha)) + 127) / 255);

    private static Picture Nearest(Picture picture, int width, int height)
    {
        var rgba = new byte[4L * width * height];
        for (int y = 0; y < height; y++)
        {
            long sourceY = ((2L * y) + 1) * picture.Height / (2L * height);
            for (int x = 0; x < width; x++)
            {
                long sourceX = ((2L * x) + 1) * picture.Width / (2L * width);
                long from = 4 * ((sourceY * picture.Width) + sourceX);
                picture.Rgba.AsSpan((int)from, 4).CopyTo(rgba.AsSpan(4 * ((y * width) + x)));
            }
        }

        return new Picture(width, height, rgba);
    }

    /// <summary>First along the rows, then along the columns; colours weigh as much as they are opaque.</summary>
    private static Picture Smooth(Picture picture, int width, int height)
    {
        Tap[] columns = Taps(picture.Width, width);
        Tap[] rows = Taps(picture.Height, height);

        var line = new Vector4[picture.Width];
        var narrow = new Vector4[width * picture.Height];
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<byte> source = picture.Rgba.AsSpan(4 * y * picture.Width, 4 * picture.Width);
            for (int x = 0; x < line.Length; x++)
            {
                float alpha = source[(4 * x) + 3];
                line[x] = new Vector4(
                    source[4 * x] * alpha, source[(4 * x) + 1] * alpha, source[(4 * x) + 2] * alpha, alpha);
            }

            for (int x = 0; x < width; x++)
            {
                Vector4 sum = Vector4.Zero;
                float[] weights = columns[x].Weights;
                for (int i = 0; i < weights.Length; i++)
                {
                    sum += weights[i] * line[columns[x].First + i];
                }

                narrow[(y * width) + x] = sum;
            }
        }

        var rgba = new byte[4 * width * height];
        for (int y = 0; y < height; y++)
        {
            float[] weights = rows[y].Weights;
            for (int x = 0; x < width; x++)
            {
                Vector4 sum = Vector4.Zero;
                for (int i = 0; i < weights.Length; i++)
                {
                    sum += weights[i] * narrow[((rows[y].First + i) * width) + x];
                }

                int to = 4 * ((y * width) + x);
                if (sum.W >= 0.5f)
                {
                    rgba[to] = Round(sum.X / sum.W);
                    rgba[to + 1] = Round(sum.Y / sum.W);
                    rgba[to + 2] = Round(sum.Z / sum.W);
                    rgba[to + 3] = Round(sum.W);
                }
            }
        }

        return new Picture(width, height, rgba);
    }

    private static byte Round(float value) => (byte)Math.Clamp(value + 0.5f, 0f, 255f);

    /// <summary>For each new pixel, which old pixels count and how much; the weights of one pixel sum to one.</summary>
    private static Tap[] Taps(int from, int to)
    {
        double scale = (double)from / to;
        double stretch = Math.Max(1, scale);
        var taps = new Tap[to];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = Math.Max(0, (int)Math.Floor(centre - (2 * stretch)));
            int last = Math.Min(from - 1, (int)Math.Ceiling(centre + (2 * stretch)) - 1);
            var weights = new float[last - first + 1];
            double sum = 0;
            for (int j = first; j <= last; j++)
            {
                sum += weights[j - first] = (float)Mitchell((j + 0.5 - centre) / stretch);
            }

            for (int j = 0; j < weights.Length; j++)
            {
                weights[j] = (float)(weights[j] / sum);
            }

            taps[i] = new Tap(first, weights);
        }

        return taps;
    }

    /// <summary>Mitchell and Netravali 1988, B = C = 1/3.</summary>
    private static double Mitchell(double x)
    {
        x = Math.Abs(x);
        return x switch
        {
            < 1 => ((21 * x * x * x) - (36 * x * x) + 16) / 18,
            < 2 => ((-7 * x * x * x) + (36 * x * x) - (60 * x) + 32) / 18,
            _ => 0,
        };
    }

    private readonly record struct Tap(int First, float[] Weights);
}
