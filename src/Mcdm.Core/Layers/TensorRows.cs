using static TorchSharp.torch;

namespace Mcdm.Layers;

/// <summary>Rows of a batch.</summary>
internal static class TensorRows
{
    /// <summary>Some rows; x itself where it serves all rows alike. Without copying where they lie one after the other.</summary>
    /// <param name="x">[batch or 1, …]</param>
    /// <param name="rows">The rows' numbers.</param>
    public static Tensor Rows(this Tensor x, IReadOnlyList<int> rows)
    {
        if (x.shape[0] == 1) { return x; }
        bool inOrder = !rows.Where((row, i) => row != rows[0] + i).Any();
        if (inOrder) { return x.narrow(0, rows[0], rows.Count); }
        using var places = tensor(rows.Select(row => (long)row).ToArray(), device: x.device);
        return x.index_select(0, places);
    }

    /// <summary>Those of some rows that lie within a range.</summary>
    /// <param name="rows">The rows' numbers.</param>
    /// <param name="first">The first row of the range.</param>
    /// <param name="count">How many it has.</param>
    /// <returns>Of each its place among the rows, and its number within the range.</returns>
    public static IEnumerable<(int Place, int Own)> Within(IReadOnlyList<int> rows, long first, long count) =>
        rows.Select((row, place) => (Place: place, Own: row - (int)first)).Where(row => row.Own >= 0 && row.Own < count);
}
