using Mcdm.Files;
using Mcdm.Imaging.Drawing;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.Formats.Webp;

namespace Mcdm.Imaging.Files;

/// <summary>Writes pictures in the format that a file's name ends with: PNG, JPEG, WebP, BMP, GIF or TIFF.</summary>
public static class PictureWriter
{
    private static readonly Format s_jpeg = new("JPEG", new JpegEncoder { Quality = 92, ColorType = JpegColorType.YCbCrRatio444 });
    private static readonly Format s_webp = new("WebP", new WebpEncoder { FileFormat = WebpFileFormatType.Lossless }, KeepsAlpha: true);
    private static readonly Format s_bmp = new("BMP", new BmpEncoder { BitsPerPixel = BmpBitsPerPixel.Pixel24 });
    private static readonly Format s_gif = new("GIF", new GifEncoder());
    private static readonly Format s_tiff = new("TIFF", new TiffEncoder { BitsPerPixel = TiffBitsPerPixel.Bit24, Compression = TiffCompression.Lzw });

    /// <summary>Whether a file of this name is written in a format other than PNG: .jpg, .jpeg, .webp, .bmp, .gif, .tif or .tiff.</summary>
    /// <param name="path">The file's name.</param>
    public static bool IsOtherFormat(string path) => FormatOf(path) is not null;

    /// <summary>
    /// Writes a picture to a file in the format that its name ends with: JPEG (quality 92), BMP, GIF (256 colours) and TIFF on white, WebP without loss;
    /// else as PNG. It has a temporary name in the same folder until it is complete.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="path">The file, as a full path; its folder exists.</param>
    /// <param name="text">Metadata by keyword, which PNG alone keeps; none when null.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="McdmException">As <see cref="PngFile.Write"/>; <c>PictureUnencodable</c>: WebP holds at most 16,383 pixels a side.</exception>
    public static void Write(Picture picture, string path, IReadOnlyDictionary<string, string>? text = null, bool overwrite = false)
    {
        if (FormatOf(path) is { } format) { OutputFile.Write(path, () => Encode(picture, format), overwrite); }
        else { PngFile.Write(picture, path, text, overwrite); }
    }

    private static byte[] Encode(Picture picture, Format format)
    {
        using var image = Pixels.Of(format.KeepsAlpha ? picture : PictureResize.Flatten(picture));
        return Pixels.Encode(image, format.Encoder, format.Name);
    }

    private static Format? FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".JPG" or ".JPEG" => s_jpeg,
        ".WEBP" => s_webp,
        ".BMP" => s_bmp,
        ".GIF" => s_gif,
        ".TIF" or ".TIFF" => s_tiff,
        _ => null,
    };

    private sealed record Format(string Name, IImageEncoder Encoder, bool KeepsAlpha = false);
}
