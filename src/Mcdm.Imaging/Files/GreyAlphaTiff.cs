using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace Mcdm.Imaging.Files;

/// <summary>
/// TIFF files of grey with alpha, which the image library does not read: to it they are grey alone, twice as wide, the columns grey and alpha in turn.
/// </summary>
internal static class GreyAlphaTiff
{
    /// <summary>Tags of the fields (TIFF 6.0).</summary>
    private const int Columns = 256, Bits = 258, Photometric = 262, Samples = 277, Planes = 284, Predictor = 317, ExtraSamples = 338;

    private const int WhiteIsZero = 0, BlackIsZero = 1, Differences = 2;

    /// <summary>What the second sample is: anything, a factor that colours have in them already, or one that they have not.</summary>
    private const int Unspecified = 0, Associated = 1, Unassociated = 2;

    /// <summary>The picture; null where the file is no TIFF of two samples a pixel, grey and something else, of 8 or 16 bits.</summary>
    public static Image<Rgba64>? Load(byte[] file)
    {
        if (!file.AsSpan().StartsWith("II*\0"u8) && !file.AsSpan().StartsWith("MM\0*"u8)) { return null; }
        var changed = (byte[])file.Clone();
        var fields = new TiffFields(changed);
        int bits = fields[Bits] ?? 1, light = fields[Photometric] ?? -1, extra = fields[ExtraSamples] ?? Unspecified;
        bool isDifferences = fields[Predictor] == Differences;
        if (fields[Samples] != 2 || bits is not (8 or 16) || light is not (WhiteIsZero or BlackIsZero) || (fields[Planes] ?? 1) != 1) { return null; }
        foreach (var (tag, value) in new[] { (Columns, 2 * fields[Columns]!.Value), (Bits, bits), (Samples, 1), (Predictor, 1), (ExtraSamples, Unassociated) })
        {
            fields.Set(tag, value);
        }
        var image = Image.Load<Rgba64>(PictureFormats.Configuration, changed);
        image.ProcessPixelRows(rows =>
        {
            for (int y = 0; y < rows.Height; y++) { Join(rows.GetRowSpan(y), bits, light == WhiteIsZero, isDifferences, extra); }
        });
        image.Mutate(doubled => doubled.Crop(image.Width / 2, image.Height));
        return image;
    }

    /// <summary>Makes pixels, in the left half of a row, of the two columns that each of them is.</summary>
    private static void Join(Span<Rgba64> row, int bits, bool isWhiteZero, bool isDifferences, int extra)
    {
        int largest = (1 << bits) - 1, scale = ushort.MaxValue / largest, grey = 0, alpha = 0;
        for (int x = 0; x < row.Length / 2; x++)
        {
            int Stored(Rgba64 column) => isWhiteZero ? largest - column.R / scale : column.R / scale;
            grey = Stored(row[2 * x]) + (isDifferences ? grey : 0) & largest;
            alpha = Stored(row[2 * x + 1]) + (isDifferences ? alpha : 0) & largest;
            int light = isWhiteZero ? largest - grey : grey;
            if (extra == Associated) { light = alpha == 0 ? 0 : Math.Min(largest, light * largest / alpha); }
            row[x] = new Rgba64((ushort)(light * scale), (ushort)(light * scale), (ushort)(light * scale),
                extra == Unspecified ? ushort.MaxValue : (ushort)(alpha * scale));
        }
    }
}
