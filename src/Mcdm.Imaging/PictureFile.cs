using System.Runtime.InteropServices;
using SkiaSharp;

namespace Mcdm.Imaging;

/// <summary>Reads picture files: PNG, JPEG, WebP, BMP and GIF.</summary>
public static class PictureFile
{
    /// <summary>Pictures of more pixels are refused, before they are decoded.</summary>
    public const long MaxPixels = 50_000_000;

    /// <summary>The largest file that could hold <see cref="MaxPixels"/> at 16 bits a channel, with room for metadata.</summary>
    private const long MaxBytes = 1 << 29;

    /// <summary>
    /// Reads a picture as 8-bit RGBA in sRGB, turned the way its EXIF orientation says. Of an animation, the first frame.
    /// </summary>
    /// <param name="path">The file, as a full path.</param>
    /// <param name="note">Receives one sentence for each conversion that was made.</param>
    /// <exception cref="McdmException">
    /// <c>PictureNotFound</c>, <c>PictureIsFolder</c>, <c>PictureUnreadable</c>, <c>PictureEmpty</c>, <c>PictureNotRecognised</c>,
    /// <c>PictureTruncated</c> (cut short or damaged) or <c>PictureTooLarge</c> (more than <see cref="MaxPixels"/>).
    /// </exception>
    public static Picture Read(string path, Action<string>? note = null) => Decode(ReadBytes(path), path, note);

    /// <summary>As <see cref="Read"/>, from the bytes of a picture file; <paramref name="path"/> names them in messages.</summary>
    public static Picture Decode(byte[] bytes, string path, Action<string>? note = null)
    {
        if (bytes.Length == 0)
        {
            throw new McdmException("PictureEmpty", ErrorKind.InvalidData, $"The picture file '{path}' is empty (0 bytes).");
        }

        PictureFormat format = PictureFormat.Of(bytes)
            ?? throw new McdmException("PictureNotRecognised", ErrorKind.InvalidData,
                $"The file '{path}' is not a picture that can be read; it must be PNG, JPEG, WebP, BMP or GIF.");

        using SKData data = SKData.CreateCopy(bytes);
        using SKCodec codec = SKCodec.Create(data) ?? throw Truncated(path, format);
        int width = codec.Info.Width, height = codec.Info.Height;
        if ((long)width * height > MaxPixels)
        {
            throw new McdmException("PictureTooLarge", ErrorKind.LimitsExceeded,
                $"The picture '{path}' is {width}×{height} pixels; at most {MaxPixels / 1_000_000} million pixels are read, so make it smaller first.");
        }

        using SKColorSpace sRgb = SKColorSpace.CreateSrgb();
        var rgba = new byte[4 * width * height];
        var wanted = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, sRgb);
        GCHandle pin = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            if (codec.GetPixels(wanted, pin.AddrOfPinnedObject()) != SKCodecResult.Success || format.LacksEnd(bytes))
            {
                throw Truncated(path, format);
            }
        }
        finally
        {
            pin.Free();
        }

        var picture = PictureOrientation.Apply(new Picture(width, height, rgba), (int)codec.EncodedOrigin);
        if (note is not null)
        {
            Describe(path, format.Encoding(bytes), codec, picture, note);
        }

        return picture;
    }

    /// <summary>The bytes of a picture file, for <see cref="Decode"/> and <see cref="PngFile.ReadText(byte[])"/>.</summary>
    /// <param name="path">The file, as a full path.</param>
    /// <exception cref="McdmException"><c>PictureNotFound</c>, <c>PictureIsFolder</c>, <c>PictureUnreadable</c> or <c>PictureTooLarge</c>.</exception>
    public static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw new McdmException("PictureIsFolder", ErrorKind.InvalidArgument,
                $"'{path}' is a folder; a picture file is needed.");
        }

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (file.Length > MaxBytes)
            {
                throw new McdmException("PictureTooLarge", ErrorKind.LimitsExceeded,
                    $"The file '{path}' is {file.Length >> 20} MiB; pictures of at most {MaxBytes >> 20} MiB are read.");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new McdmException("PictureNotFound", ErrorKind.NotFound, $"The picture '{path}' does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("PictureUnreadable", ErrorKind.ReadFailed, $"The picture '{path}' cannot be read: {error.Message}", error);
        }
    }

    private static McdmException Truncated(string path, PictureFormat format) => new("PictureTruncated", ErrorKind.InvalidData,
        $"The {format.Name} file '{path}' is cut short or damaged; a complete one is needed.");

    private static void Describe(string path, PictureEncoding encoding, SKCodec codec, Picture picture, Action<string> note)
    {
        string name = Path.GetFileName(path);
        if (PictureOrientation.Describe((int)codec.EncodedOrigin) is string turn)
        {
            note($"{name}: {turn} as its EXIF orientation says");
        }

        if (encoding.BitsPerChannel > 8)
        {
            note($"{name}: {encoding.BitsPerChannel}-bit → 8-bit");
        }

        if (encoding.IsGreyscale)
        {
            note($"{name}: greyscale → RGB");
        }

        if (encoding.IsPalette)
        {
            note($"{name}: palette → RGB");
        }

        if (codec.Info.ColorSpace is { IsSrgb: false })
        {
            note($"{name}: colours of its own colour profile → sRGB");
        }

        if (codec.FrameCount > 1)
        {
            note($"{name}: the first of its {codec.FrameCount} frames");
        }

        if (!picture.IsOpaque)
        {
            note($"{name}: has transparent pixels");
        }
    }
}
