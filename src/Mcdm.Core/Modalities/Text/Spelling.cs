namespace Mcdm.Modalities.Text;

/// <summary>How far words are apart.</summary>
internal static class Spelling
{
    /// <summary>
    /// The fewest letters put in, left out, exchanged or swapped with their neighbour that make one word of another (optimal string alignment, Damerau 1964).
    /// </summary>
    public static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                int exchanged = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(exchanged, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) { rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1); }
            }
        }
        return rows[a.Length, b.Length];
    }
}
