using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace Mcdm.Imaging.Files;

/// <summary>Reads picture files: PNG, JPEG, WebP, BMP, GIF and TIFF.</summary>
public static class PictureFile
{
    /// <summary>What the names of picture files end with, in small letters.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"];

    /// <summary>Pictures of more pixels are refused, before they are decoded.</summary>
    public const long MaxPixels = 50_000_000;

    /// <summary>The largest file that could hold <see cref="MaxPixels"/> at 16 bits a channel, with room for metadata.</summary>
    private const long MaxBytes = 1 << 29;

    /// <summary>Orientations from this one on exchange width and height (TIFF tag 274).</summary>
    private const int FirstTurned = 5;

    /// <summary>
    /// Reads a picture as 8-bit RGBA, turned the way its EXIF orientation says. Colours are those that are stored: colour profiles and
    /// gamma are not applied, so the colours of a mask stay exact. Of an animation, the first frame.
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

        var format = Image.DetectFormat(PictureFormats.Configuration, bytes) ?? throw NotRecognized(path);
        bytes = Prepared(bytes, path, format);
        if (format is WebpFormat && !WebpAnimation.IsWhole(bytes)) { throw Truncated(path, format); }
        bool isAnimation = Decoded(path, format, () => Animations.IsOne(bytes, format));
        var animation = isAnimation && format is WebpFormat ? Decoded(path, format, () => WebpAnimation.Read(bytes)) : null;
        if (animation is not null)
        {
            RequireSize(path, animation.Width, animation.Height);
            bytes = animation.Still;
            if (!WebpAnimation.IsWhole(bytes)) { throw Truncated(path, format); }
        }
        bool isDeep = IsDeep(Header(bytes, path, format), format);
        var (image, valueBits) = Decoded(path, format, () => Load(bytes, format, isDeep));
        using var _ = image;
        if (Decoded(path, format, () => PictureEnd.IsMissing(bytes, format, image))) { throw Truncated(path, format); }
        var picture = Decoded(path, format, () => Upright(image, IsLossy(image, format)));
        picture = animation?.Shown(picture) ?? picture;
        if (note is not null)
        {
            foreach (string sentence in PictureNotes.Of(Path.GetFileName(path), format, image, picture.IsOpaque, valueBits, isAnimation)) { note(sentence); }
        }
        return picture;
    }

    /// <summary>The size in pixels of the picture in a file, turned as its EXIF orientation says, without decoding it.</summary>
    /// <param name="path">The file, as a full path.</param>
    /// <exception cref="McdmException">As <see cref="Read"/>, but a picture that is damaged further on is not noticed.</exception>
    public static (int Width, int Height) SizeOf(string path)
    {
        byte[] bytes = ReadBytes(path);
        var format = bytes.Length == 0 ? null : Image.DetectFormat(PictureFormats.Configuration, bytes);
        if (format is null or TiffFormat || (format is WebpFormat && WebpAnimation.IsOne(bytes)))
        {
            // TIFF keeps its orientation with the frame, which has to be decoded; the image library reads no animated WebP.
            var picture = Decode(bytes, path);
            return (picture.Width, picture.Height);
        }
        var header = Header(Prepared(bytes, path, format), path, format);
        bool isTurned = Decoded(path, format, () => Unmarked(header.Metadata.ExifProfile)?.GetValue(ExifTag.Orientation)?.Value >= FirstTurned);
        return isTurned ? (header.Height, header.Width) : (header.Width, header.Height);
    }

    private static (Image<Rgba32> Image, int ValueBits) Load(byte[] bytes, IImageFormat format, bool isDeep)
    {
        if (!isDeep) { return (Image.Load<Rgba32>(PictureFormats.Configuration, bytes), 8); }
        using var deep = (format is TiffFormat ? GreyAlphaTiff.Load(bytes) : null) ?? Image.Load<Rgba64>(PictureFormats.Configuration, bytes);
        bool isShallowTiff = format is TiffFormat && deep.Frames.RootFrame.Metadata.GetTiffMetadata().BitsPerSample?.Channel0 != 16;
        return isShallowTiff ? (deep.CloneAs<Rgba32>(PictureFormats.Configuration), 8) : DeepPixels.ToEight(deep);
    }

    /// <summary>Whether a file may hold 16 bits a channel; of a TIFF, the header does not say.</summary>
    private static bool IsDeep(IImageInfo header, IImageFormat format) =>
        format is TiffFormat || (format is PngFormat && header.Metadata.GetPngMetadata().BitDepth == PngBitDepth.Bit16);

    /// <summary>Whether a file keeps colours only roughly.</summary>
    private static bool IsLossy(Image image, IImageFormat format) =>
        format is JpegFormat || (format is WebpFormat && image.Metadata.GetWebpMetadata().FileFormat == WebpFileFormatType.Lossy);

    /// <summary>The bytes that the image library may see: a chain of chunks or segments as far as the end mark, without what it would stumble over.</summary>
    private static byte[] Prepared(byte[] bytes, string path, IImageFormat format)
    {
        bool hasEnd = true;
        if (format is JpegFormat) { (bytes, hasEnd) = JpegSegments.Clean(bytes); }
        if (format is PngFormat) { hasEnd = PngChunks.Whole(bytes).HasEnd; }
        if (!hasEnd) { throw Truncated(path, format); }
        return format is PngFormat && PngChunks.Explode(bytes)
            ? throw new McdmException("PictureTooLarge", ErrorKind.LimitsExceeded,
                $"The picture '{path}' holds texts that unpack to more than 16 MiB; remove them first.")
            : bytes;
    }

    /// <summary>The header, checked before anything is decoded: a file of a few bytes may promise more pixels than there is memory.</summary>
    private static IImageInfo Header(byte[] bytes, string path, IImageFormat format)
    {
        var header = Decoded(path, format, () => Image.Identify(PictureFormats.Configuration, bytes, out _));
        if (header is null || header.Width < 1 || header.Height < 1) { throw Truncated(path, format); }
        RequireSize(path, header.Width, header.Height);
        return header;
    }

    private static void RequireSize(string path, int width, int height)
    {
        if ((long)width * height > MaxPixels)
        {
            throw new McdmException("PictureTooLarge", ErrorKind.LimitsExceeded,
                $"The picture '{path}' is {width}×{height} pixels; at most {MaxPixels / 1_000_000} million pixels are read, so make it smaller first.");
        }
    }

    /// <summary>Turned as its EXIF orientation says; TIFF keeps that with the frame.</summary>
    private static Picture Upright(Image<Rgba32> image, bool isLossy)
    {
        image.Metadata.ExifProfile = Unmarked(image.Metadata.ExifProfile ?? image.Frames.RootFrame.Metadata.ExifProfile);
        if (image.Metadata.ExifProfile is null) { return Pixels.ToPicture(image, isLossy); }
        using var upright = image.Clone(operation => operation.AutoOrient());
        return Pixels.ToPicture(upright, isLossy);
    }

    /// <summary>
    /// A profile without the mark that belongs before it in a JPEG, and that some programs write into PNG and WebP too; the image library finds nothing
    /// behind it.
    /// </summary>
    private static ExifProfile? Unmarked(ExifProfile? profile)
    {
        var mark = "Exif\0\0"u8;
        return profile?.ToByteArray() is { } bytes && bytes.AsSpan().StartsWith(mark) ? new ExifProfile(bytes[mark.Length..]) : profile;
    }

    /// <summary>What the image library makes of a file. Damaged ones end in exceptions of any kind, which mean one thing.</summary>
    private static T Decoded<T>(string path, IImageFormat format, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw Truncated(path, format, error);
        }
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
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (!file.CanSeek) { throw new IOException("it is a device or a pipe, not a file"); }
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

    private static McdmException NotRecognized(string path) => new("PictureNotRecognised", ErrorKind.InvalidData,
        $"The file '{path}' is not a picture that can be read; it must be PNG, JPEG, WebP, BMP, GIF or TIFF.");

    private static McdmException Truncated(string path, IImageFormat format, Exception? cause = null) =>
        new("PictureTruncated", ErrorKind.InvalidData, cause is NotSupportedException
        ? $"The {format.Name} file '{path}' is coded in a way that is not read ({cause.Message.TrimEnd('.')}), or damaged; save it as a plain picture."
        : $"The {format.Name} file '{path}' is cut short or damaged; a complete one is needed.", cause);
}
