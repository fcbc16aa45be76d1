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
        if (!found.Contains(true) || !wanted.Contains(true))
        {
            int height = found.Length / width;
            return found.Contains(true) == wanted.Contains(true) ? 0 : Math.Sqrt(width * width + height * height);
        }
        return (MeanToNearest(found, wanted, width) + MeanToNearest(wanted, found, width)) / 2;
    }

    private static double MeanToNearest(bool[] edges, bool[] others, int width)
    {
        long[] along = NearestInRow(others, width);
        var (sum, count) = (0.0, 0);
        for (int i = 0; i < edges.Length; i++)
        {
            if (!edges[i]) { continue; }
            sum += Math.Sqrt(SquareToNearest(along, i, width));
            count++;
        }
        return sum / count;
    }

    /// <summary>The squared distance from a pixel to the nearest edge: rows are asked from the pixel's own outwards, until none can be nearer.</summary>
    private static long SquareToNearest(long[] along, int pixel, int width)
    {
        long nearest = long.MaxValue;
        for (long rows = 0; rows * rows < nearest; rows++)
        {
            long above = pixel - rows * width, below = pixel + rows * width;
            if (above >= 0) { nearest = Math.Min(nearest, rows * rows + along[above] * along[above]); }
            if (below < along.Length) { nearest = Math.Min(nearest, rows * rows + along[below] * along[below]); }
        }
        return nearest;
    }

    /// <summary>How many columns each pixel is from the nearest edge of its row; far beyond the picture where the row has none.</summary>
    private static long[] NearestInRow(bool[] edges, int width)
    {
        const long Far = int.MaxValue;
        var along = new long[edges.Length];
        for (int left = 0; left < edges.Length; left += width)
        {
            long last = Far;
            for (int x = 0; x < width; x++) { along[left + x] = last = edges[left + x] ? 0 : last + 1; }
            last = Far;
            for (int x = width - 1; x >= 0; x--) { along[left + x] = last = Math.Min(along[left + x], last + 1); }
        }
        return along;
    }
}
