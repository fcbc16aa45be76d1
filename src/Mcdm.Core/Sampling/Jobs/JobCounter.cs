using Mcdm.Tables;

namespace Mcdm.Sampling.Jobs;

/// <summary>Numbers rows as they come: by their own numbers where they have some, and apart by file where they are of several.</summary>
public sealed class JobCounter
{
    private int _rows;
    private string? _firstFile;

    /// <summary>The next row.</summary>
    public JobRow Next(Row row)
    {
        _rows++;
        if (row.Get(JobColumns.Row) is not { } number) { return new JobRow(row, _rows); }
        string? file = row[JobColumns.BasePath];
        _firstFile ??= file;
        return new JobRow(row, number, file is null || file == _firstFile ? "" : JobRow.PrefixOf(file));
    }
}
