namespace Mcdm.Imaging;

/// <summary>
/// A picture in memory: 8 bits a channel, red, green, blue, alpha, sRGB, alpha not multiplied in, rows from the top.
/// The pixels are not copied; nobody changes them after construction.
/// </summary>
public sealed class Picture
{
    private readonly byte[] _rgba;

    /// <summary>Wraps pixels.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="rgba">The pixels, row by row, four bytes each: width × height × 4 bytes.</param>
    /// <exception cref="McdmException"><c>PictureSizeInvalid</c>: a side is under 1, or the bytes do not fit the size.</exception>
    public Picture(int width, int height, byte[] rgba)
    {
        ArgumentNullException.ThrowIfNull(rgba);
        if (width < 1 || height < 1)
        {
            throw new McdmException("PictureSizeInvalid", ErrorKind.InvalidArgument,
                $"A picture of {width}×{height} pixels cannot be made; each side must be at least 1.");
        }

        if (rgba.LongLength != 4L * width * height)
        {
            throw new McdmException("PictureSizeInvalid", ErrorKind.InvalidArgument,
                $"A picture of {width}×{height} pixels needs {4L * width * height} bytes (4 a pixel), not {rgba.LongLength}.");
        }

        Width = width;
        Height = height;
        _rgba = rgba;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels, row by row from the top, four bytes each: red, green, blue, alpha (not multiplied in); see <see cref="PicturePixels"/>.</summary>
    public byte[] GetRgba() => _rgba;

    /// <summary>
    /// Whether it was read from a file that keeps colours only roughly, such as JPEG: the labels of a mask are smeared there. What is made of it does
    /// not say so.
    /// </summary>
    public bool IsLossy { get; init; }

    /// <summary>Whether every pixel is fully opaque.</summary>
    public bool IsOpaque
    {
        get
        {
            for (int i = 3; i < _rgba.Length; i += 4)
            {
                if (_rgba[i] != 255)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The picture in the opposite colours; what is transparent stays so.</summary>
    public Picture Inverted() => new(Width, Height, _rgba.Select((value, i) => i % 4 == 3 ? value : (byte)(255 - value)).ToArray());
}
