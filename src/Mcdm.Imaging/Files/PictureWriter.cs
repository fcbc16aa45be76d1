using Mcdm.Files;
using Mcdm.Imaging.Drawing;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Webp;

namespace Mcdm.Imaging.Files;

/// <summary>Writes pictures in the format that a file's name ends with: PNG, JPEG or WebP.</summary>
public static class PictureWriter
{
    private static readonly JpegEncoder s_jpeg = new() { Quality = 92, ColorType = JpegColorType.YCbCrRatio444 };
    private static readonly WebpEncoder s_webp = new() { FileFormat = WebpFileFormatType.Lossless };

    /// <summary>Whether a file of this name is written in a format other than PNG: .jpg, .jpeg or .webp.</summary>
    /// <param name="path">The file's name.</param>
    public static bool IsOtherFormat(string path) => EncoderOf(path) is not null;

    /// <summary>
    /// Writes a picture to a file: as JPEG (on white, quality 92) or WebP (without loss) where its name ends in .jpg, .jpeg or .webp,
    /// else as PNG. It has a temporary name in the same folder until it is complete.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="path">The file, as a full path; its folder exists.</param>
    /// <param name="text">Metadata by keyword, which PNG alone keeps; none when null.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="McdmException">As <see cref="PngFile.Write"/>; <c>PictureUnencodable</c>: WebP holds at most 16,383 pixels a side.</exception>
    public static void Write(Picture picture, string path, IReadOnlyDictionary<string, string>? text = null, bool overwrite = false)
    {
        if (EncoderOf(path) is { } encoder) { OutputFile.Write(path, () => Encode(picture, encoder), overwrite); }
        else { PngFile.Write(picture, path, text, overwrite); }
    }

    private static byte[] Encode(Picture picture, IImageEncoder encoder)
    {
        bool isJpeg = encoder is JpegEncoder;
        using var image = Pixels.Of(isJpeg ? PictureResize.Flatten(picture) : picture);
        return Pixels.Encode(image, encoder, isJpeg ? "JPEG" : "WebP");
    }

    private static IImageEncoder? EncoderOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".JPG" or ".JPEG" => s_jpeg,
        ".WEBP" => s_webp,
        _ => null,
    };
}
