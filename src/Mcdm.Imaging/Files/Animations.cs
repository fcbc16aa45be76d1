using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;

namespace Mcdm.Imaging.Files;

/// <summary>Tells animations, of which the first picture is read whatever their format.</summary>
internal static class Animations
{
    /// <summary>Whether a file says that it is one, or has a second picture.</summary>
    public static bool IsOne(ReadOnlySpan<byte> file, IImageFormat format) => format switch
    {
        GifFormat => PictureEnd.OfGifFrame(file, PictureEnd.OfGifFrame(file)) <= file.Length,
        PngFormat => PngChunks.Has(file, "acTL"u8),
        WebpFormat => WebpAnimation.IsOne(file),
        _ => false,
    };
}
