namespace Mcdm.Modalities.Sketch;

/// <summary>How well two edge maps agree when an edge may be off by a pixel.</summary>
public static class EdgeAgreement
{
    /// <summary>
    /// F1 of precision (found edges near a wanted one) and recall (wanted edges near a found one), after Martin et al. 2004
    /// with the matching relaxed to "within <paramref name="tolerance"/> pixels in both directions".
    /// </summary>
    /// <param name="found">Edges found, row by row.</param>
    /// <param name="wanted">Edges wanted, row by row.</param>
    /// <param name="width">Columns of both.</param>
    /// <param name="tolerance">Largest distance in columns and in rows, in pixels.</param>
    /// <returns>0…1; 1 where neither map has an edge, 0 where only one has.</returns>
    public static double F1(bool[] found, bool[] wanted, int width, int tolerance = 1)
    {
        if (found.Length != wanted.Length || found.Length % width != 0)
        {
            throw new ArgumentException($"Edge maps of {found.Length} and {wanted.Length} pixels cannot be compared in rows of {width}.", nameof(found));
        }
        if (!found.Contains(true) && !wanted.Contains(true)) { return 1; }
        double precision = ShareNear(found, wanted, width, tolerance), recall = ShareNear(wanted, found, width, tolerance);
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /// <summary>Share of one map's edges with an edge of the other nearby.</summary>
    private static double ShareNear(bool[] edges, bool[] others, int width, int tolerance)
    {
        int height = edges.Length / width, count = 0, near = 0;
        for (int i = 0; i < edges.Length; i++)
        {
            if (!edges[i]) { continue; }
            count++;
            if (IsNear(i % width, i / width)) { near++; }
        }
        return count == 0 ? 0 : (double)near / count;

        bool IsNear(int x, int y)
        {
            for (int v = Math.Max(0, y - tolerance); v <= Math.Min(height - 1, y + tolerance); v++)
            {
                for (int u = Math.Max(0, x - tolerance); u <= Math.Min(width - 1, x + tolerance); u++)
                {
                    if (others[v * width + u]) { return true; }
                }
            }
            return false;
        }
    }
}
