namespace Mcdm.Modalities.Sketch;

/// <summary>How far apart two edge maps are: the mean distance from an edge of one to the nearest of the other (Barrow et al. 1977).</summary>
public static class ChamferDistance
{
    /// <summary>The mean of both directions, found to wanted and wanted to found.</summary>
    /// <param name="found">Edges found, row by row.</param>
    /// <param name="wanted">Edges wanted, row by row.</param>
    /// <param name="width">Columns of both.</param>
    /// <returns>Pixels: 0 where neither map has an edge, the picture's diagonal where only one has.</returns>
    public static double Between(bool[] found, bool[] wanted, int width)
    {
        if (found.Length != wanted.Length || found.Length % width != 0)
        {
            throw new ArgumentException($"Edge maps of {found.Length} and {wanted.Length} pixels cannot be compared in rows of {width}.", nameof(found));
        }
        var (from, to) = (Points(found, width), Points(wanted, width));
        if (from.Count == 0 || to.Count == 0)
        {
            int height = found.Length / width;
            return from.Count == to.Count ? 0 : Math.Sqrt(width * width + height * height);
        }
        return (MeanToNearest(from, to) + MeanToNearest(to, from)) / 2;
    }

    private static List<(int X, int Y)> Points(bool[] edges, int width) =>
        Enumerable.Range(0, edges.Length).Where(i => edges[i]).Select(i => (i % width, i / width)).ToList();

    private static double MeanToNearest(List<(int X, int Y)> points, List<(int X, int Y)> others)
    {
        double sum = 0;
        foreach (var (x, y) in points)
        {
            int nearest = int.MaxValue;
            foreach (var (u, v) in others) { nearest = Math.Min(nearest, (x - u) * (x - u) + (y - v) * (y - v)); }
            sum += Math.Sqrt(nearest);
        }
        return sum / points.Count;
    }
}
