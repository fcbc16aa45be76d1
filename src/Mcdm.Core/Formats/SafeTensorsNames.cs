namespace Mcdm.Formats;

/// <summary>Which known name was probably meant.</summary>
internal static class SafeTensorsNames
{
    /// <summary>The candidate with the fewest letters to change, or null where there are no candidates.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var fewest = int.MaxValue;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - name.Length) >= fewest) { continue; }
            var changes = Distance(name, candidate);
            if (changes < fewest) { (nearest, fewest) = (candidate, changes); }
        }
        return nearest;
    }

    /// <summary>Levenshtein's distance, one row of the table at a time.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
