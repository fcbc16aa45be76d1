using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Runs;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Hosting;

/// <summary>All that a command samples, one model after another; with -SkipExisting without what is there already or is made elsewhere.</summary>
/// <param name="cmdlet">The command.</param>
/// <param name="batchSize">Pictures of a model that go through the networks together.</param>
/// <param name="totalIsKnown">Whether all requests are added before the first batch; else more may come down the pipeline.</param>
/// <param name="preview">Whether to show in the terminal what the pictures are guessed to become.</param>
/// <param name="measures">Whether to measure how well pictures follow their conditions.</param>
internal sealed class SamplingRuns(McdmCmdlet cmdlet, Func<Model, int> batchSize, bool totalIsKnown, bool preview, bool measures) : IDisposable
{
    private readonly JobProgress _job = new(cmdlet);
    private MissingPictures? _missing;
    private OrderlyEnd? _end;
    private SamplingRun? _run;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _run is null;

    /// <summary>Takes note of the number of a job's last row, so that it can be told how far the rows are.</summary>
    public void Expect(int? rows) => _job.Rows = rows ?? _job.Rows;

    /// <summary>Leaves out pictures that are there from now on.</summary>
    public void SkipExisting(MissingPictures missing)
    {
        _missing = missing;
        _end = new OrderlyEnd(cmdlet.StopSoon, missing.Dispose);
    }

    /// <summary>Whether all pictures of a request are there, which can be told before its conditions are read.</summary>
    /// <exception cref="McdmException"><c>OutputTwice</c>.</exception>
    public bool AreThere(Model model, string? name, long seed, int count) => _missing?.AreThere(model, name, seed, count) == true;

    /// <summary>Adds a request where the user agrees to it (-WhatIf, -Confirm).</summary>
    /// <exception cref="McdmException">It does not fit the model.</exception>
    public void Add(Model model, GenerationRequest request)
    {
        var run = RunOf(model);
        foreach (var missing in _missing?.Of(model, request) ?? [request]) { run.Add(missing); }
    }

    /// <summary>Samples and writes the batches that no further request would make larger.</summary>
    public void WriteFullBatches() => _run?.WriteFullBatches();

    /// <summary>Samples and writes all that waits, and then what was left to others and was not made.</summary>
    public void WriteRest()
    {
        _run?.WriteRest();
        foreach (var (model, request) in _missing?.Left() ?? []) { RunOf(model).Add(request); }
        _run?.WriteRest();
    }

    /// <summary>Forgets what waits, and gives up all claims.</summary>
    public void Dispose()
    {
        _run?.Dispose();
        _missing?.Dispose();
        _end?.Dispose();
    }

    private SamplingRun RunOf(Model model)
    {
        if (_run?.Model != model)
        {
            _run?.WriteRest();
            _run?.Dispose();
            _run = new SamplingRun(cmdlet, model, batchSize(model), totalIsKnown, preview)
            {
                Missing = _missing,
                Job = _job,
                Following = measures ? new FollowedPictures(() => JudgeLibrary.OwnOf(model)) : null,
            };
        }
        return _run;
    }
}
