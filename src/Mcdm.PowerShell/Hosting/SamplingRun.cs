using Mcdm.Diffusion.Composition;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Runs;
using Mcdm.Sampling;
using static System.FormattableString;

namespace Mcdm.PowerShell.Hosting;

/// <summary>
/// Samples a command's pictures from one model, batch by batch: writes each picture as soon as its batch is done, shows how
/// far the work is, and says in verbose lines what it cost.
/// </summary>
internal sealed class SamplingRun : IDisposable
{
    /// <summary>On how much of the path two conditions say the same before it is told.</summary>
    private const double WorthSaying = 0.05;

    private readonly McdmCmdlet _cmdlet;
    private readonly ImageGenerator _generator;
    private readonly ProgressReporter _all, _batch;
    private readonly SamplingPreview? _preview;
    private readonly bool _totalIsKnown;
    private readonly HashSet<(string, string)> _conflicts = [];
    private readonly HashSet<string> _plain = [], _doubts = [];
    private readonly ManyWarnings _doubtful, _unfollowed;

    /// <param name="cmdlet">Whose pictures they are.</param>
    /// <param name="model">The model.</param>
    /// <param name="batchSize">Pictures that go through the networks together.</param>
    /// <param name="totalIsKnown">Whether all requests are added before the first batch; else more may come down the pipeline.</param>
    /// <param name="preview">Whether to show in the terminal what the pictures are guessed to become.</param>
    public SamplingRun(McdmCmdlet cmdlet, Model model, int batchSize, bool totalIsKnown, bool preview)
    {
        (_cmdlet, Model, _totalIsKnown) = (cmdlet, model, totalIsKnown);
        _doubtful = new ManyWarnings(cmdlet, "conditions may not be understood as they are meant");
        _unfollowed = new ManyWarnings(cmdlet, "pictures hardly follow a condition");
        _all = cmdlet.StartProgress($"Sampling from {model.Name}");
        _batch = cmdlet.StartProgress("Batch", _all);
        _preview = preview ? SamplingPreview.Start(cmdlet) : null;
        _generator = new ImageGenerator(model) { BatchSize = batchSize, Note = cmdlet.WriteVerbose,
            Measure = Measured,
            Claim = (request, seed) => Missing?.Claim(model, request, seed) ?? true, Progress = Show, Preview = _preview is null ? null : _preview.Show };
    }

    /// <summary>The model.</summary>
    public Model Model { get; }

    /// <summary>The pictures that are not there yet, where others are not to be made again.</summary>
    public MissingPictures? Missing { get; init; }

    /// <summary>Measures how well pictures follow their conditions; null where nobody does.</summary>
    public FollowedPictures? Following { get; set; }

    /// <summary>Says how far the rows of a job are; null where there are none.</summary>
    public JobProgress? Job { get; init; }

    /// <summary>Adds a request where the user agrees to it (-WhatIf, -Confirm); samples nothing.</summary>
    /// <exception cref="McdmException">It does not fit the model.</exception>
    public void Add(GenerationRequest request)
    {
        var prepared = _generator.Prepare(request);
        bool isWanted = false;
        try
        {
            foreach (string doubt in prepared.Doubts.Where(doubt => _doubts.Add(doubt) || _cmdlet.WarningsStop))
            {
                // An error of a row names it anyway.
                _doubtful.Say(request.Name is null || _cmdlet.WarningsStop ? doubt : $"'{request.Name}': {doubt}");
            }
            isWanted = IsWanted(request, prepared);
        }
        finally
        {
            if (!isWanted) { prepared.Dispose(); }
        }
        if (isWanted) { _generator.Add(prepared); }
    }

    private bool IsWanted(GenerationRequest request, PreparedRequest prepared)
    {
        var cost = prepared.Cost;
        // Copies of particles, and what weighs nothing at a level, are not evaluated; over a bridge nothing is asked at the end.
        string atMost = cost.Particles == 1 && cost.CodingsPerPicture == 0 && request.Conditions.All(condition => condition.Schedule is null) ? "" : "at most ";
        string codings = cost.CodingsPerPicture == 0 ? "" : $" and {cost.CodingsPerPicture} encodings and decodings";
        string what = $"Sample {(request.Count == 1 ? "1 picture" : $"{request.Count} pictures")}{(request.Name is null ? "" : $" '{request.Name}'")} from "
            + $"{Model.Name}: " +
            $"each{(cost.Particles == 1 ? "" : $" of {cost.Particles} particles")} takes "
                + $"{atMost}{cost.EvaluationsPerPicture} network evaluations{codings} in {cost.Steps} steps; " +
            $"a full batch takes about {Math.Max(1, cost.BatchMemory / 1_000_000)} MB beside the model.";
        // Not found out where nobody may ask: the device's speed is measured for it.
        if (_cmdlet.IsWhatIf) { what += $" It is likely to take {ShownTime.About(prepared.LikelyTime)}."; }
        return _cmdlet.ShouldProcess(what, $"{what} Go on?", "Invoke-McdmSample");
    }

    /// <summary>Samples and writes the batches that no further request would make larger.</summary>
    public void WriteFullBatches() => Write(rest: false);

    /// <summary>Samples and writes all that waits.</summary>
    public void WriteRest()
    {
        _doubtful.End();
        Write(rest: true);
        _unfollowed.End();
    }

    private void Write(bool rest)
    {
        try
        {
            foreach (var batch in _generator.Sample(rest, _cmdlet.Cancellation))
            {
                _batch.Clear();
                foreach (var image in batch.Images)
                {
                    _cmdlet.WriteObject(image);
                    Missing?.Taken(image);
                }
                if (batch.Pictures > 0)
                {
                    double perStep = batch.Duration.TotalMilliseconds / batch.Sampling.Steps;
                    _cmdlet.WriteVerbose(Invariant($"{batch.Pictures} pictures in {batch.Duration.TotalSeconds:0.00} s ")
                        + Invariant($"on {Model.Device}, {Model.Precision}: ")
                        + Invariant($"{batch.Sampling.Steps} steps of {batch.Sampling.Sampler}, {batch.EvaluationsPerStep} evaluations ")
                        + Invariant($"and {perStep:0} ms a step."));
                }
                SayPlainForms();
                foreach (var image in batch.Images)
                {
                    _cmdlet.Attempt(image, () => WarnOfUnfollowed(image));
                    SayEffectiveSizes(image.Recipe!);
                    _cmdlet.Attempt(image, () => WarnOfConflicts(image.Recipe!));
                    SayShared(image.Recipe!);
                }
            }
        }
        catch (McdmException e)
        {
            // Every request fitted when it was added, so this is about the model, and the rest would fail alike.
            _cmdlet.ThrowFailure(e, Model);
        }
    }

    /// <summary>The pictures with how well they follow their conditions; where that fails, as they are, which is told once.</summary>
    private IReadOnlyList<McdmImage> Measured(IReadOnlyList<McdmImage> images, IReadOnlyList<GenerationRequest> requests)
    {
        if (Following is null) { return images; }
        try
        {
            return Following.Measured(images, requests);
        }
        catch (McdmException e)
        {
            Following = null;
            _cmdlet.WriteWarning($"How well pictures follow their conditions is not measured: {e.Message}");
            return images;
        }
    }

    private void WarnOfUnfollowed(McdmImage image)
    {
        foreach (var condition in Following is null ? [] : image.Recipe!.Following().Where(one => one.IsPoor))
        {
            _unfollowed.Say($"'{image.FileName}' hardly follows {condition.Condition}: {condition.Why}.");
        }
    }

    /// <summary>Says once for each reason why networks were not evaluated in their fastest form.</summary>
    private void SayPlainForms()
    {
        foreach (string because in Model.Experts.OfType<TrainedExpert>().Select(expert => expert.PlainBecause).OfType<string>().Where(_plain.Add))
        {
            _cmdlet.WriteVerbose($"Networks were evaluated layer by layer, not in their packed form: {because}.");
        }
    }

    private void SayEffectiveSizes(Recipe recipe)
    {
        if (recipe is { Particles: { } options, EffectiveSizes: { Count: > 0 } sizes })
        {
            _cmdlet.WriteVerbose(Invariant($"Seed {recipe.Seed}: effective sample size of {options.Particles} particles {sizes[^1]:0.0} at the end, ")
                + Invariant($"{sizes.Average():0.0} on average, {sizes.Min():0.0} at least."));
        }
    }

    /// <summary>Each pair of conditions of a composition is warned of once.</summary>
    private void WarnOfConflicts(Recipe recipe)
    {
        foreach (var (pair, share) in recipe.Disagreement?.Conflicts() ?? [])
        {
            var (first, second) = (recipe.Conditions[recipe.Disagreement!.PlaceOf(pair.First)], recipe.Conditions[recipe.Disagreement.PlaceOf(pair.Second)]);
            if (!_conflicts.Add((first.Sha256, second.Sha256))) { continue; }
            string both = first == second ? $"Parts of {first}" : $"{first} and {second}";
            _cmdlet.WriteWarning(Invariant($"{both} pull against each other on {share:P0} of the path: the picture can hardly follow both. ")
                + "Change one of them, or lower its weight.");
        }
    }

    /// <summary>What conditions say alike, and what the rule made of it.</summary>
    private void SayShared(Recipe recipe)
    {
        foreach (var pair in (recipe.Disagreement?.Shared ?? []).Where(pair => pair.Share >= WorthSaying))
        {
            string rule = recipe.Combiner is Product ? "Product adds it twice, Projection would count it once" : $"combined by {recipe.Combiner}";
            _cmdlet.WriteVerbose($"Seed {recipe.Seed}: {pair}; {rule}.");
        }
    }

    private void Show(GenerationProgress progress)
    {
        Missing?.Renew();
        double done = progress.PicturesDone + (double)progress.Batch * progress.Step / progress.Steps;
        string pictures = _totalIsKnown ? $"{progress.PicturesDone} of {progress.Pictures} pictures done" : $"{progress.PicturesDone} pictures done";
        if (progress.Request.Row is not null && Job is { } job)
        {
            string rows = job.Tell(progress, done);
            _all.Update(job.Share ?? done, job.Share is null ? 0 : 1, rows, job.Left);
            _batch.Update(progress.Step, progress.Steps, $"{progress.Batch} pictures, step {progress.Step} of {progress.Steps}");
            return;
        }
        bool only = _totalIsKnown && progress.Batch == progress.Pictures;
        _all.Update(done, _totalIsKnown ? progress.Pictures : 0, only ? $"step {progress.Step} of {progress.Steps}" : pictures);
        if (!only) { _batch.Update(progress.Step, progress.Steps, $"{progress.Batch} pictures, step {progress.Step} of {progress.Steps}"); }
    }

    /// <summary>Takes the progress off the screen and forgets what still waits.</summary>
    public void Dispose()
    {
        _generator.Dispose();
        _preview?.Dispose();
        _batch.Dispose();
        _all.Dispose();
    }
}
