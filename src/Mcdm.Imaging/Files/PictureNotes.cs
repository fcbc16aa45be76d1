using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;

namespace Mcdm.Imaging.Files;

/// <summary>Says what reading a picture changed, a sentence a change.</summary>
internal static class PictureNotes
{
    /// <param name="name">The file's name.</param>
    /// <param name="format">Its format.</param>
    /// <param name="image">As it was decoded, before it was turned upright.</param>
    /// <param name="isOpaque">Whether no pixel is transparent.</param>
    /// <param name="valueBits">Bits of its values, which may be fewer than those they are stored in.</param>
    /// <param name="isAnimation">Whether the file has more pictures, which are not read.</param>
    public static IEnumerable<string> Of(string name, IImageFormat format, Image image, bool isOpaque, int valueBits, bool isAnimation)
    {
        if (isAnimation) { yield return $"{name}: an animation, of which the first picture is read"; }
        if (Turn(image.Metadata.ExifProfile?.GetValue(ExifTag.Orientation)?.Value ?? 1) is { } turn)
        {
            yield return $"{name}: {turn} as its EXIF orientation says";
        }
        var (bits, isGrayscale, isPalette) = Encoding(format, image);
        if (bits > 8)
        {
            yield return valueBits < bits ? $"{name}: {bits}-bit, but no value is over {(1 << valueBits) - 1}: {valueBits}-bit → 8-bit"
                : $"{name}: {bits}-bit → 8-bit";
        }
        if (isGrayscale) { yield return $"{name}: greyscale → RGB"; }
        if (isPalette) { yield return $"{name}: palette → RGB"; }
        if (image.Metadata.IccProfile is not null) { yield return $"{name}: colours as they are stored, its colour profile is not applied"; }
        if (!isOpaque) { yield return $"{name}: has transparent pixels"; }
    }

    /// <summary>How a file stores its pixels: bits a channel, and whether as levels of grey or numbers of a palette.</summary>
    private static (int Bits, bool IsGrayscale, bool IsPalette) Encoding(IImageFormat format, Image image)
    {
        switch (format)
        {
            case PngFormat:
                var png = image.Metadata.GetPngMetadata();
                return ((int?)png.BitDepth ?? 8, png.ColorType is PngColorType.Grayscale or PngColorType.GrayscaleWithAlpha,
                    png.ColorType is PngColorType.Palette);
            case JpegFormat:
                return (8, image.Metadata.GetJpegMetadata().ColorType is JpegColorType.Luminance, false);
            case GifFormat:
                return (8, false, true);
            case BmpFormat:
                return (8, false, image.Metadata.GetBmpMetadata().BitsPerPixel <= BmpBitsPerPixel.Pixel8);
            case TiffFormat:
                var tiff = image.Frames.RootFrame.Metadata.GetTiffMetadata();
                return (tiff.BitsPerSample?.Channel0 ?? 8,
                    tiff.PhotometricInterpretation is TiffPhotometricInterpretation.BlackIsZero or TiffPhotometricInterpretation.WhiteIsZero,
                    tiff.PhotometricInterpretation is TiffPhotometricInterpretation.PaletteColor);
            default:
                return (8, false, false);
        }
    }

    /// <summary>What turns a picture upright, in words; null for nothing.</summary>
    /// <param name="orientation">TIFF tag 274: 1…8.</param>
    private static string? Turn(int orientation) => orientation switch
    {
        2 => "mirrored left to right",
        3 => "turned 180°",
        4 => "mirrored top to bottom",
        5 => "mirrored and turned 90° to the left",
        6 => "turned 90° to the right",
        7 => "mirrored and turned 90° to the right",
        8 => "turned 90° to the left",
        _ => null,
    };
}
