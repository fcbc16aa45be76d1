namespace Mcdm.Imaging;

/// <summary>
/// Tells the ink of a sketch from its paper by what both look like there, rather than by fixed levels: pencil of 170 on white, or of 90 on 40, is ink. Otsu's threshold
/// ("A Threshold Selection Method from Gray-Level Histograms", 1979) parts light from dark; whichever covers more is the paper (light where they cover the same),
/// and what differs from the paper's colour by more than half as much as ink does is ink.
/// </summary>
internal static class PaperAndInk
{
    private const int Levels = 256;

    /// <summary>What differs less from its paper is a stain.</summary>
    private const int FaintestInk = 8;

    /// <summary>What differs more is ink, however uneven the paper is.</summary>
    private const int ClearInk = 96;

    /// <summary>Fainter ink differs from its paper by more than so many standard deviations of that; noise that is split in two by 2.3, a slope of light by 2.7.</summary>
    private const double LeastContrast = 3.5;

    /// <summary>A standard deviation by the median of absolute differences, where these are normally distributed.</summary>
    private const double DeviationOfMedian = 1.4826;

    /// <summary>Whether each pixel of an opaque sketch has ink; none has where nothing stands out from the paper.</summary>
    public static bool[] Ink(Picture sketch)
    {
        byte[] rgba = sketch.Rgba;
        var light = new byte[sketch.Width * sketch.Height];
        for (int i = 0; i < light.Length; i++) { light[i] = (byte)(((299 * rgba[4 * i]) + (587 * rgba[(4 * i) + 1]) + (114 * rgba[(4 * i) + 2])) / 1000); }
        int threshold = Threshold(light);
        int dark = light.Count(level => level <= threshold);
        bool paperIsLight = dark <= light.Length - dark;
        bool IsPaper(int i) => light[i] > threshold == paperIsLight;

        var paper = Enumerable.Range(0, 3).Select(channel => Median(light.Length, IsPaper, i => rgba[(4 * i) + channel])).ToArray();
        var difference = new byte[light.Length];
        for (int i = 0; i < light.Length; i++)
        {
            for (int channel = 0; channel < 3; channel++) { difference[i] = (byte)Math.Max(difference[i], Math.Abs(rgba[(4 * i) + channel] - paper[channel])); }
        }
        int ink = Median(light.Length, i => !IsPaper(i), i => difference[i]);
        double spread = DeviationOfMedian * Median(light.Length, IsPaper, i => difference[i]);
        bool standsOut = ink >= FaintestInk && (ink >= ClearInk || ink > LeastContrast * spread);
        return Array.ConvertAll(difference, distance => standsOut && 2 * distance > ink);
    }

    /// <summary>The level that parts dark from light, in the middle of those that do so equally well; all pixels of one level are light.</summary>
    private static int Threshold(byte[] light)
    {
        var histogram = new long[Levels];
        foreach (byte level in light) { histogram[level]++; }
        long sum = histogram.Select((count, level) => count * level).Sum(), darkCount = 0, darkSum = 0;
        var (best, first, last) = (0.0, -1, -1);
        for (int level = 0; level < Levels; level++)
        {
            darkCount += histogram[level];
            darkSum += histogram[level] * level;
            long lightCount = light.Length - darkCount;
            if (darkCount == 0 || lightCount == 0) { continue; }
            double apart = ((double)darkSum / darkCount) - ((double)(sum - darkSum) / lightCount);
            double between = apart * apart * darkCount * lightCount;
            if (between > best) { (best, first) = (between, level); }
            if (between == best) { last = level; }
        }
        return (first + last) / 2;
    }

    /// <summary>The median of a value over the pixels that are chosen; 0 where none is.</summary>
    private static int Median(int count, Func<int, bool> isChosen, Func<int, byte> value)
    {
        var histogram = new long[Levels];
        for (int i = 0; i < count; i++)
        {
            if (isChosen(i)) { histogram[value(i)]++; }
        }
        long half = histogram.Sum() / 2, seen = 0;
        return Array.FindIndex(histogram, number => (seen += number) > half) is var level and >= 0 ? level : 0;
    }
}
