using Mcdm.Imaging;

namespace Mcdm.Modalities.Segment;

/// <summary>A mask whose colours an editor has moved by a level or two, as colour profiles and rounding do.</summary>
internal static class EditedMask
{
    /// <summary>Most levels that red, green or blue are off.</summary>
    private const int Levels = 2;

    /// <summary>The colour of a part that another stands for: itself, or the nearest that is hardly another; null where it is no part's.</summary>
    /// <param name="rgb">A colour, 0xRRGGBB.</param>
    /// <param name="colours">The parts' colours.</param>
    public static int? Meant(int rgb, IReadOnlyCollection<int> colours)
    {
        if (colours.Contains(rgb)) { return rgb; }
        var near = colours.Where(colour => Distance(rgb, colour) <= Levels).ToList();
        return near.Count == 0 ? null : near.MinBy(colour => Distance(rgb, colour));
    }

    /// <summary>The mask in the parts' own colours; those that are no part's stay. The same picture where all stay.</summary>
    /// <param name="mask">The mask as it was read.</param>
    /// <param name="colours">The parts' colours.</param>
    public static Picture Exact(Picture mask, IReadOnlyCollection<int> colours)
    {
        var meant = new Dictionary<int, int>();
        byte[]? rgba = null;
        for (int i = 0; i < mask.Rgba.Length; i += 4)
        {
            if (mask.Rgba[i + 3] < 128) { continue; }
            int rgb = mask.Rgba[i] << 16 | mask.Rgba[i + 1] << 8 | mask.Rgba[i + 2];
            if (!meant.TryGetValue(rgb, out int exact)) { meant[rgb] = exact = Meant(rgb, colours) ?? rgb; }
            if (exact == rgb) { continue; }
            rgba ??= [.. mask.Rgba];
            (rgba[i], rgba[i + 1], rgba[i + 2]) = ((byte)(exact >> 16), (byte)(exact >> 8), (byte)exact);
        }
        return rgba is null ? mask : new Picture(mask.Width, mask.Height, rgba);
    }

    /// <summary>The largest difference of red, green or blue.</summary>
    private static int Distance(int a, int b) => Math.Max(Math.Max(Apart(a, b, 16), Apart(a, b, 8)), Apart(a, b, 0));

    private static int Apart(int a, int b, int shift) => Math.Abs((a >> shift & 255) - (b >> shift & 255));
}
