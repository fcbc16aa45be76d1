using Mcdm.Sampling.Jobs;
using Mcdm.Tables;

namespace Mcdm.Runs;

/// <summary>Accounts of rows that others may work at too: where they are, and which failed.</summary>
/// <param name="folder">The folder of the pictures.</param>
public sealed class JobLog(string folder) : IDisposable
{
    private RunLog? _log;

    /// <summary>Says where a row is.</summary>
    /// <param name="job">The row.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="said">What is said for all rows.</param>
    public void Begin(JobRow job, string model, Row said)
    {
        _log ??= RunLog.Open(folder, model);
        if (job.Row.Get(JobColumns.Row) is null || job.Row[JobColumns.BasePath] is not { } file) { return; }
        _log.HasRows(file, job.Prefix, said[JobColumns.Name], said.Get(JobColumns.Seed), said.Get(JobColumns.Count));
    }

    /// <summary>Says that a row failed.</summary>
    public void Failed(JobRow job, McdmException error) => _log?.Failed(job.Number, job.Name, error.Id, error.Message);

    /// <summary>Ends the accounts.</summary>
    public void Dispose() => _log?.Dispose();
}
