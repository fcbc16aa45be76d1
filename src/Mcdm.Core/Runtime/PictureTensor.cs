using Mcdm.Diffusion;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using static TorchSharp.torch;

namespace Mcdm.Runtime;

/// <summary>Turns pictures into the tensors that networks see, and back.</summary>
public static class PictureTensor
{
    /// <summary>Gives an opaque picture as a tensor.</summary>
    /// <param name="picture">The picture; lay a transparent one on a background first (<see cref="PictureResize.Flatten"/>).</param>
    /// <returns>float32 [3, height, width], red, green, blue, values −1…1.</returns>
    /// <exception cref="McdmException"><c>PictureNotOpaque</c>: some pixels are transparent.</exception>
    public static Tensor ToTensor(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var values = new float[3L * picture.Width * picture.Height];
        Fill(picture, values);
        return tensor(values, [3, picture.Height, picture.Width]);
    }

    /// <summary>Writes an opaque picture, as <see cref="ToTensor"/> would give it, into memory the caller has.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="values">3 × height × width values, channel by channel.</param>
    /// <exception cref="McdmException"><c>PictureNotOpaque</c>: some pixels are transparent.</exception>
    public static void Fill(Picture picture, Span<float> values)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (!picture.IsOpaque)
        {
            throw new McdmException("PictureNotOpaque", ErrorKind.InvalidArgument,
                "A picture with transparent pixels cannot become a tensor; lay it on a background first.");
        }

        byte[] rgba = picture.Rgba;
        int plane = picture.Width * picture.Height;
        Span<float> red = values[..plane], green = values.Slice(plane, plane), blue = values.Slice(2 * plane, plane);
        for (int i = 0; i < plane; i++)
        {
            red[i] = (rgba[4 * i] / 127.5f) - 1;
            green[i] = (rgba[(4 * i) + 1] / 127.5f) - 1;
            blue[i] = (rgba[(4 * i) + 2] / 127.5f) - 1;
        }
    }

    /// <summary>Gives the brightness of every pixel: luma (ITU-R BT.601) times opacity.</summary>
    /// <param name="picture">The picture.</param>
    /// <returns>float32 [1, 1, height, width], 0 (black or transparent) to 1 (white).</returns>
    public static Tensor Brightness(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        byte[] rgba = picture.Rgba;
        var values = new float[rgba.Length / 4];
        for (int i = 0; i < values.Length; i++)
        {
            float luma = (0.299f * rgba[4 * i]) + (0.587f * rgba[(4 * i) + 1]) + (0.114f * rgba[(4 * i) + 2]);
            values[i] = MathF.Min(1, luma / 255) * rgba[(4 * i) + 3] / 255;
        }

        return tensor(values, [1, 1, picture.Height, picture.Width]);
    }

    /// <summary>Gives the opacity of every pixel.</summary>
    /// <param name="picture">The picture.</param>
    /// <returns>float32 [1, 1, height, width], 0 (transparent) to 1 (opaque).</returns>
    public static Tensor Opacity(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return tensor(picture.Rgba.Where((_, i) => i % 4 == 3).Select(alpha => alpha / 255f).ToArray(), [1, 1, picture.Height, picture.Width]);
    }

    /// <summary>Gives a tensor as an opaque picture.</summary>
    /// <param name="image">[3, height, width], red, green, blue; values outside −1…1 are clamped, any floating type and device.</param>
    /// <exception cref="McdmException"><c>TensorNotPicture</c>: another shape; <c>TensorNotFinite</c>: some value is not a number.</exception>
    public static Picture FromTensor(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        long[] shape = image.shape;
        if (shape.Length != 3 || shape[0] != 3)
        {
            throw new McdmException("TensorNotPicture", ErrorKind.InvalidArgument,
                $"A tensor of shape [{string.Join(", ", shape)}] is not a picture; the shape must be [3, height, width].");
        }

        int height = (int)shape[1], width = (int)shape[2], plane = width * height;
        using Tensor plain = image.detach().to(ScalarType.Float32);
        float[] values = plain.ToFloats();
        var rgba = new byte[4 * plane];
        for (int i = 0; i < plane; i++)
        {
            rgba[4 * i] = Level(values[i]);
            rgba[(4 * i) + 1] = Level(values[plane + i]);
            rgba[(4 * i) + 2] = Level(values[(2 * plane) + i]);
            rgba[(4 * i) + 3] = 255;
        }

        return new Picture(width, height, rgba);
    }

    private static byte Level(float value)
    {
        if (float.IsNaN(value))
        {
            throw new McdmException("TensorNotFinite", ErrorKind.InvalidData,
                "The tensor holds values that are not numbers, so it is not a picture; the computation before it went wrong.");
        }

        return (byte)Math.Clamp(((value + 1) * 127.5f) + 0.5f, 0f, 255f);
    }
}
