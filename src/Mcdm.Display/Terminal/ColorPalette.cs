using Mcdm.Imaging;

namespace Mcdm.Display.Terminal;

/// <summary>
/// A picture's colours brought down to a few, by median cut (Heckbert 1982): the set of colours is halved at the median of its widest channel, the
/// widest set next, until there are as many sets as colours are wanted. Colours that agree in the upper five bits of each channel are taken as one.
/// </summary>
public sealed class ColorPalette
{
    private const int Bits = 5, Bins = 1 << (3 * Bits);
    private readonly byte[] _indexOfBin;

    private ColorPalette(IReadOnlyList<PictureColor> colors, byte[] indexOfBin) => (Colors, _indexOfBin) = (colors, indexOfBin);

    /// <summary>The colours, at most 256.</summary>
    public IReadOnlyList<PictureColor> Colors { get; }

    /// <summary>Makes a palette for the opaque pixels of a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="size">How many colours, 1 to 256.</param>
    /// <param name="isOpaque">Whether the pixel of a number counts.</param>
    public static ColorPalette Of(Picture picture, int size, Predicate<int> isOpaque)
    {
        var sums = new long[Bins, 4];
        for (int i = 0; i < picture.Width * picture.Height; i++)
        {
            if (!isOpaque(i)) { continue; }
            var (red, green, blue) = Rgb(picture, i);
            int bin = Bin(red, green, blue);
            sums[bin, 0] += red;
            sums[bin, 1] += green;
            sums[bin, 2] += blue;
            sums[bin, 3]++;
        }
        var boxes = new List<List<Entry>> { Enumerable.Range(0, Bins).Where(bin => sums[bin, 3] > 0)
            .Select(bin => new Entry(bin, sums[bin, 0], sums[bin, 1], sums[bin, 2], sums[bin, 3])).ToList() };
        while (boxes.Count < size && boxes.MaxBy(box => Widest(box).Width) is { Count: > 1 } box)
        {
            boxes.Remove(box);
            boxes.AddRange(Halve(box));
        }
        var indices = new byte[Bins];
        for (int k = 0; k < boxes.Count; k++) { boxes[k].ForEach(entry => indices[entry.Bin] = (byte)k); }
        return new ColorPalette(boxes.Where(box => box.Count > 0).Select(Mean).ToList(), indices);
    }

    /// <summary>The palette's colour, by index, for a pixel of the picture that it was made for.</summary>
    public int IndexOf(Picture picture, int pixel)
    {
        var (red, green, blue) = Rgb(picture, pixel);
        return _indexOfBin[Bin(red, green, blue)];
    }

    private static (byte Red, byte Green, byte Blue) Rgb(Picture picture, int pixel) =>
        (picture.Rgba[4 * pixel], picture.Rgba[4 * pixel + 1], picture.Rgba[4 * pixel + 2]);

    private static int Bin(byte red, byte green, byte blue) => (red >> (8 - Bits) << (2 * Bits)) | (green >> (8 - Bits) << Bits) | (blue >> (8 - Bits));

    private static (int Channel, double Width) Widest(List<Entry> box) => box.Count < 2 ? (0, 0)
        : Enumerable.Range(0, 3).Select(channel => (channel, box.Max(entry => entry.Mean(channel)) - box.Min(entry => entry.Mean(channel))))
            .MaxBy(pair => pair.Item2);

    private static List<Entry>[] Halve(List<Entry> box)
    {
        int channel = Widest(box).Channel;
        var sorted = box.OrderBy(entry => entry.Mean(channel)).ToList();
        long half = box.Sum(entry => entry.Count) / 2, seen = 0;
        int cut = 0;
        do { seen += sorted[cut++].Count; } while (cut < sorted.Count - 1 && seen < half);
        return [sorted[..cut], sorted[cut..]];
    }

    private static PictureColor Mean(List<Entry> box)
    {
        double count = box.Sum(entry => entry.Count);
        byte Level(Func<Entry, long> sum) => (byte)Math.Round(box.Sum(sum) / count);
        return new PictureColor(Level(entry => entry.Red), Level(entry => entry.Green), Level(entry => entry.Blue));
    }

    /// <summary>The pixels of one bin: the sums of their channels, and how many they are.</summary>
    private readonly record struct Entry(int Bin, long Red, long Green, long Blue, long Count)
    {
        public double Mean(int channel) => (double)(channel switch { 0 => Red, 1 => Green, _ => Blue }) / Count;
    }
}
