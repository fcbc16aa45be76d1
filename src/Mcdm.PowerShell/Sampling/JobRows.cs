using Mcdm.Runs;

namespace Mcdm.PowerShell;

/// <summary>Which pictures the rows of a job file are to become, read without looking at their conditions.</summary>
internal static class JobRows
{
    /// <summary>The rows of a file.</summary>
    /// <param name="file">The file, and what a run said for all of its rows.</param>
    /// <param name="isKnown">Whether a column of a name is read.</param>
    /// <exception cref="McdmException">The file cannot be read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<ExpectedRow> Of(RunEntry file, Func<string, bool> isKnown)
    {
        using var jobs = new JobFile(file.Jobs!, null, null, isKnown);
        int name = ColumnOf(nameof(ExpectedRow.Name)), seed = ColumnOf(nameof(ExpectedRow.Seed)), count = ColumnOf(nameof(ExpectedRow.Count));
        foreach (var row in jobs.Rows())
        {
            string called = file.Name ?? (Cell(row, name) is { Length: > 0 } own ? own : ExpectedRow.NameOf(row.Number, file.Prefix ?? ""));
            yield return Read(row, called);
        }

        int ColumnOf(string column) => jobs.Columns.ToList().FindIndex(one => one.Equals(column, StringComparison.OrdinalIgnoreCase));

        ExpectedRow Read(JobRow row, string called)
        {
            try
            {
                jobs.Check(row);
                return new ExpectedRow(row.Number, called, file.Seed ?? Number<long>(row, seed, nameof(ExpectedRow.Seed)) ?? 0, file.Count ?? Number<int>(row, count, nameof(ExpectedRow.Count)) ?? 1);
            }
            catch (McdmException e)
            {
                return new ExpectedRow(row.Number, called) { Problem = Errors.OfRow(e, row.Number, Cell(row, name)) };
            }
        }
    }

    private static string? Cell(JobRow row, int column) => column >= 0 && column < row.Cells.Length ? row.Cells[column] : null;

    private static T? Number<T>(JobRow row, int column, string name) where T : struct
    {
        if (Cell(row, column) is not { Length: > 0 } cell) { return null; }
        return CellText.Read(cell, typeof(T)) is T value ? value : throw new McdmException("CellInvalid", ErrorKind.InvalidData, $"{name}: {CellText.Problem(cell, typeof(T))}");
    }
}
