namespace Mcdm.Imaging.Lines;

/// <summary>
/// Tells the ink of a sketch from its paper by what both look like there, rather than by fixed levels: pencil of 170 on white, or of 90 on 40, is ink.
/// Otsu's threshold
/// ("A Threshold Selection Method from Gray-Level Histograms", 1979) parts light from dark; whichever covers more is the paper (light where they cover
/// the same),
/// and what differs from the paper's colour by more than half as much as ink does is ink.
/// </summary>
internal static class PaperAndInk
{
    private const int Levels = 256;

    /// <summary>What differs less from its paper is a stain.</summary>
    private const int FaintestInk = 8;

    /// <summary>What differs more is ink, however uneven the paper is.</summary>
    private const int ClearInk = 96;

    /// <summary>
    /// Fainter ink differs from its paper by more than so many standard deviations of that; noise that is split in two by 2.3, a slope of light by 2.7.
    /// </summary>
    private const double LeastContrast = 3.5;

    /// <summary>A standard deviation by the median of absolute differences, where these are normally distributed.</summary>
    private const double DeviationOfMedian = 1.4826;

    /// <summary>Whether each pixel of an opaque sketch has ink; none has where nothing stands out from the paper.</summary>
    public static bool[] Ink(Picture sketch)
    {
        byte[] rgba = sketch.Rgba;
        var light = new byte[sketch.Width * sketch.Height];
        for (int i = 0; i < light.Length; i++) { light[i] = (byte)(((299 * rgba[4 * i]) + (587 * rgba[(4 * i) + 1]) + (114 * rgba[(4 * i) + 2])) / 1000); }
        var levels = new long[Levels];
        foreach (byte level in light) { levels[level]++; }
        int threshold = Threshold(levels);
        bool paperIsLight = 2 * levels.Take(threshold + 1).Sum() <= light.Length;

        long[] red = new long[Levels], green = new long[Levels], blue = new long[Levels];
        for (int i = 0; i < light.Length; i++)
        {
            if (light[i] > threshold != paperIsLight) { continue; }
            red[rgba[4 * i]]++;
            green[rgba[(4 * i) + 1]]++;
            blue[rgba[(4 * i) + 2]]++;
        }
        int paperRed = Median(red), paperGreen = Median(green), paperBlue = Median(blue);
        var difference = new byte[light.Length];
        long[] ofPaper = new long[Levels], ofInk = new long[Levels];
        for (int i = 0; i < light.Length; i++)
        {
            int most = Math.Max(Math.Abs(rgba[4 * i] - paperRed), Math.Max(Math.Abs(rgba[(4 * i) + 1] - paperGreen), Math.Abs(rgba[(4 * i) + 2] - paperBlue)));
            difference[i] = (byte)most;
            (light[i] > threshold == paperIsLight ? ofPaper : ofInk)[most]++;
        }
        int ink = Median(ofInk);
        double spread = DeviationOfMedian * Median(ofPaper);
        bool standsOut = ink >= FaintestInk && (ink >= ClearInk || ink > LeastContrast * spread);
        return Array.ConvertAll(difference, distance => standsOut && 2 * distance > ink);
    }

    /// <summary>The level that parts dark from light, in the middle of those that do so equally well; all pixels of one level are light.</summary>
    private static int Threshold(long[] histogram)
    {
        long count = histogram.Sum(), sum = histogram.Select((number, level) => number * level).Sum(), darkCount = 0, darkSum = 0;
        var (best, first, last) = (0.0, -1, -1);
        for (int level = 0; level < Levels; level++)
        {
            darkCount += histogram[level];
            darkSum += histogram[level] * level;
            long lightCount = count - darkCount;
            if (darkCount == 0 || lightCount == 0) { continue; }
            double apart = ((double)darkSum / darkCount) - ((double)(sum - darkSum) / lightCount);
            double between = apart * apart * darkCount * lightCount;
            if (between > best) { (best, first) = (between, level); }
            if (between == best) { last = level; }
        }
        return (first + last) / 2;
    }

    /// <summary>The median of values by how often each occurs; 0 where there is none.</summary>
    private static int Median(long[] histogram)
    {
        long half = histogram.Sum() / 2, seen = 0;
        return Array.FindIndex(histogram, number => (seen += number) > half) is var level and >= 0 ? level : 0;
    }
}
