using Mcdm.Imaging;

namespace Mcdm.Sampling;

/// <summary>
/// A mask as people have them: white on black; drawn by what is transparent, as programs that erase save it; or with 1 for white, as label files have it, which
/// looks black.
/// </summary>
/// <param name="Picture">The mask, white where something new is drawn.</param>
/// <param name="Doubt">Why it may not be meant as it is understood, in a sentence; null for no reason.</param>
internal sealed record MaskPicture(Picture Picture, string? Doubt)
{
    private const int Channels = 4, Alpha = 3;
    private const byte White = 255;

    /// <summary>Understands a mask.</summary>
    public static MaskPicture Of(Picture mask)
    {
        ReadOnlySpan<byte> pixels = mask.Rgba;
        bool isOne = true;
        byte brightest = 0;
        for (int at = 0; at < pixels.Length; at += Channels)
        {
            var color = pixels.Slice(at, Alpha);
            isOne &= color.SequenceEqual(pixels[..Alpha]);
            brightest = Math.Max(brightest, Math.Max(color[0], Math.Max(color[1], color[2])));
        }
        if (!mask.IsOpaque)
        {
            return !isOne ? new(mask, "The mask is partly transparent: what is transparent counts as black, and is kept.")
                : brightest == White ? new(mask, "The mask is white and partly transparent: something new is drawn where it is opaque.")
                : new(Mapped(pixels, mask, pixel => (byte)(White - pixel[Alpha])),
                    "The mask has one colour and is drawn by what is transparent: something new is drawn there.");
        }
        return brightest switch
        {
            1 => new(Mapped(pixels, mask, pixel => pixel[0] > 0 || pixel[1] > 0 || pixel[2] > 0 ? White : (byte)0),
                "The mask has the numbers 0 and 1 for black and white, which look alike: 1 is where something new is drawn."),
            0 => new(mask, "The mask is black everywhere: nothing new is drawn."),
            _ => new(mask, null),
        };
    }

    private delegate byte Level(ReadOnlySpan<byte> pixel);

    private static Picture Mapped(ReadOnlySpan<byte> pixels, Picture mask, Level level)
    {
        var rgba = new byte[pixels.Length];
        for (int at = 0; at < pixels.Length; at += Channels)
        {
            rgba.AsSpan(at, Alpha).Fill(level(pixels.Slice(at, Channels)));
            rgba[at + Alpha] = White;
        }
        return new Picture(mask.Width, mask.Height, rgba);
    }
}
