using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Mcdm.Imaging.Files;

/// <summary>
/// Pictures of 16 bits a channel as 8-bit ones. Many programs put values of 8, 10 or 12 bits into 16 as they are, so that all would be black: where no
/// colour of a picture is
/// over a sixteenth of white, its values are taken for what they are.
/// </summary>
internal static class DeepPixels
{
    private const int FullBits = 16;

    /// <summary>Bits of the values that files of 16 bits were seen to hold.</summary>
    private static readonly int[] s_fewer = [8, 10, 12];

    /// <summary>The picture at 8 bits, and the bits that its values have in fact: 16, or fewer.</summary>
    public static (Image<Rgba32> Image, int Bits) ToEight(Image<Rgba64> deep)
    {
        int colour = 0, alpha = 0;
        deep.ProcessPixelRows(rows =>
        {
            for (int y = 0; y < rows.Height; y++)
            {
                foreach (var pixel in rows.GetRowSpan(y))
                {
                    colour |= pixel.R | pixel.G | pixel.B;
                    alpha |= pixel.A;
                }
            }
        });
        int bits = BitsOf(colour), alphaBits = BitsOf(alpha);
        if (bits < FullBits || alphaBits < FullBits) { Stretch(deep, bits, alphaBits); }
        return (deep.CloneAs<Rgba32>(PictureFormats.Configuration), bits);
    }

    private static int BitsOf(int values) => values == 0 ? FullBits : s_fewer.Append(FullBits).First(bits => values >> bits == 0);

    private static void Stretch(Image<Rgba64> deep, int bits, int alphaBits) => deep.ProcessPixelRows(rows =>
    {
        for (int y = 0; y < rows.Height; y++)
        {
            foreach (ref var pixel in rows.GetRowSpan(y))
            {
                pixel = new Rgba64(Full(pixel.R, bits), Full(pixel.G, bits), Full(pixel.B, bits), Full(pixel.A, alphaBits));
            }
        }
    });

    /// <summary>A value of fewer bits as one of 16, the largest as the largest.</summary>
    private static ushort Full(ushort value, int bits) => (ushort)(value * ushort.MaxValue / ((1 << bits) - 1));
}
