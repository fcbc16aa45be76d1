using Mcdm.Sampling;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;

namespace Mcdm.Runs;

/// <summary>A row that pictures are to be made of.</summary>
/// <param name="Number">Its number in its file, from 1.</param>
/// <param name="Name">Its name, or what it is called without one.</param>
/// <param name="Seed">Seed of its first picture.</param>
/// <param name="Count">Its pictures.</param>
public sealed record ExpectedRow(int Number, string Name, long Seed = 0, int Count = 1)
{
    /// <summary>Why no picture can be made of it; null where that is not known.</summary>
    public McdmException? Problem { get; init; }

    /// <summary>Names of its pictures' files.</summary>
    public IEnumerable<string> Files =>
        Enumerable.Range(0, Count).Select(k => PictureName.Safe(McdmImage.FileNameOf(Name, "", Seed + k)) + PictureName.Extension);

    /// <summary>The rows; one that would make a picture that an earlier one makes has that for its problem, as it has where rows are sampled.</summary>
    public static IReadOnlyList<ExpectedRow> Apart(IEnumerable<ExpectedRow> rows)
    {
        var makers = new Dictionary<string, ExpectedRow>(PictureName.PathComparer);
        return rows.Select(row =>
        {
            if (row.Problem is not null) { return row; }
            string? twice = row.Files.FirstOrDefault(file => !makers.TryAdd(file, row));
            return twice is null ? row : row with
            {
                Problem = new McdmException("OutputTwice", ErrorKind.AlreadyExists,
                    $"Row {row.Number} ({row.Name}): Row {makers[twice].Number} makes '{twice}' already; give each row a Name or Seed of its own."),
            };
        }).ToList();
    }

    /// <summary>The rows of a job file, whose conditions are not looked at.</summary>
    /// <param name="file">The file, and what a run said for all of its rows.</param>
    /// <exception cref="McdmException">The file cannot be read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<ExpectedRow> Of(RunEntry file)
    {
        var said = SaidOfAll(file);
        using var jobs = new JobFile(file.Jobs!);
        foreach (var line in jobs.Lines())
        {
            var row = jobs.Values(line).With(said);
            yield return Of(new JobRow(row, row.Get(JobColumns.Row) ?? line.Number, file.Prefix ?? ""), () => jobs.Check(line));
        }
    }

    private static ExpectedRow Of(JobRow job, Action check)
    {
        try
        {
            check();
            job.Row.Check(JobColumns.Identity);
            return new ExpectedRow(job.Number, job.Name, job.Row.Get(JobColumns.Seed) ?? 0, job.Row.Get(JobColumns.Count) ?? 1);
        }
        catch (McdmException e)
        {
            return new ExpectedRow(job.Number, job.Name) { Problem = job.Failure(e) };
        }
    }

    private static Row SaidOfAll(RunEntry file)
    {
        (Column Column, object? Value)[] said = [(JobColumns.Name, file.Name), (JobColumns.Seed, file.Seed), (JobColumns.Count, file.Count)];
        return new Row(said.Where(one => one.Value is not null).Select(one => KeyValuePair.Create(one.Column.Name, one.Value)));
    }
}
