namespace Mcdm.Imaging.Lines;

/// <summary>Thins lines to one pixel without breaking them (Zhang and Suen, "A Fast Parallel Algorithm for Thinning Digital Patterns", 1984).</summary>
internal static class LineThinning
{
    public static void Thin(bool[] lines, int width, int height)
    {
        List<int> removed = [];
        bool changed;
        do
        {
            changed = Peel(lines, width, height, removed, northWest: false);
            changed |= Peel(lines, width, height, removed, northWest: true);
        }
        while (changed);
    }

    /// <summary>Takes away the pixels of one pair of sides that are neither line ends nor what holds a line together.</summary>
    private static bool Peel(bool[] lines, int width, int height, List<int> removed, bool northWest)
    {
        removed.Clear();
        Span<bool> around = stackalloc bool[8];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int i = (y * width) + x;
                if (!lines[i])
                {
                    continue;
                }

                // P2…P9 of the paper: clockwise from the north.
                around[0] = At(x, y - 1);
                around[1] = At(x + 1, y - 1);
                around[2] = At(x + 1, y);
                around[3] = At(x + 1, y + 1);
                around[4] = At(x, y + 1);
                around[5] = At(x - 1, y + 1);
                around[6] = At(x - 1, y);
                around[7] = At(x - 1, y - 1);
                int neighbours = 0, starts = 0;
                for (int k = 0; k < 8; k++)
                {
                    neighbours += around[k] ? 1 : 0;
                    starts += !around[k] && around[(k + 1) % 8] ? 1 : 0;
                }

                (bool north, bool east, bool south, bool west) = (around[0], around[2], around[4], around[6]);
                bool onThisSide = northWest
                    ? !(north && east && west) && !(north && south && west)
                    : !(north && east && south) && !(east && south && west);
                if (neighbours is >= 2 and <= 6 && starts == 1 && onThisSide)
                {
                    removed.Add(i);
                }
            }
        }

        foreach (int i in removed)
        {
            lines[i] = false;
        }

        return removed.Count > 0;

        bool At(int x, int y) => (uint)x < (uint)width && (uint)y < (uint)height && lines[(y * width) + x];
    }
}
