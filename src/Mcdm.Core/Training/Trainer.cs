using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>Trains one network on an objective: steps, checkpoints, the log of losses.</summary>
public sealed class Trainer
{
    /// <summary>Id of the error of weights that are no use to go on from.</summary>
    internal const string Diverged = "TrainingDiverged";

    private const int LossWindow = 200;
    private readonly TrainingOptions _options;
    private readonly Objective _objective;
    private readonly string _folder;

    /// <param name="dataset">The pictures and labels.</param>
    /// <param name="options">How to train, and what: an expert, or a judge.</param>
    /// <param name="folder">Where the outcome, its checkpoint and the loss log go; made where it is missing.</param>
    /// <param name="codec">
    /// The space that an expert is trained in, or whose decoder is trained on; null for an expert of pixels, a judge or a new space.
    /// </param>
    /// <param name="heldOut">Pictures that nothing is learnt from, on which an expert's loss is watched: see <c>held-out.csv</c>. Null for none.</param>
    /// <exception cref="McdmException">The dataset has no picture with the labels that are learnt from.</exception>
    public Trainer(PictureDataset dataset, TrainingOptions options, string folder, TrainedCodec? codec = null, PictureDataset? heldOut = null)
        : this(TrainingTarget.Of(options, codec).Objective(dataset, options, heldOut), options, folder)
    {
    }

    private TrainedExpert? Start() => InitializeFrom is null or TrainedExpert ? (TrainedExpert?)InitializeFrom
        : throw new McdmException("InitializeFromMismatch", ErrorKind.InvalidArgument,
        $"The {InitializeFrom} expert was imported from elsewhere; training starts from an expert that Mcdm trained, or from nothing.");

    /// <param name="objective">What to train.</param>
    /// <param name="options">How to train.</param>
    /// <param name="folder">Where the outcome, its checkpoint and the loss log go; made where it is missing.</param>
    internal Trainer(Objective objective, TrainingOptions options, string folder)
    {
        Runtime.Engine.Start();
        _options = options;
        _folder = folder;
        _objective = objective;
    }

    /// <summary>Number of pictures that are learnt from; 0 where the objective does not say.</summary>
    public int Pictures => _objective.Items.Count;

    /// <summary>Told after every step.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Told, in a sentence each, what is not as it was, and where an error leaves the run.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Seconds between what is added to the log of losses, beside what each checkpoint adds.</summary>
    internal double LogSeconds { get; init; } = 60;

    /// <summary>Told, before the first step, how many pictures have been encoded, and how many there are.</summary>
    public Action<int, int>? Preparing { get; init; }

    /// <summary>Where the network computes.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>The expert to start from; layers that it lacks start at zero or at random.</summary>
    public Expert? InitializeFrom { get; init; }

    /// <summary>True where the folder holds the checkpoint of an earlier run.</summary>
    public static bool CanResume(string folder) => Checkpoint.ExistsIn(folder);

    /// <summary>How the run in a folder was started.</summary>
    /// <exception cref="McdmException">It holds no checkpoint, or a damaged one.</exception>
    public static TrainingOptions OptionsOf(string folder) => Checkpoint.Read(folder).Options;

    /// <summary>The pictures that the first step learns from, each once.</summary>
    public IEnumerable<DatasetItem> FirstStep => ShuffledItems<DatasetItem>.OrderOf(_objective.Items.Count, _options.Seed, epoch: 0)
        .Take(_options.BatchSize).Select(index => _objective.Items[index]);

    /// <summary>A picture as the network sees it, with what it reads beside it.</summary>
    /// <exception cref="McdmException">It cannot be read, or its labels cannot.</exception>
    public SeenPicture See(DatasetItem item) => _objective.See(item);

    /// <summary>Reads every picture and label that the run would, at the network's size.</summary>
    /// <param name="progress">Told how many pictures were read, and how many there are.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>What cannot be read, in order, with the picture it belongs to.</returns>
    public IEnumerable<(DatasetItem Item, McdmException Error)> Validate(Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        var items = _objective.Items.Concat(_objective.HeldOut).ToList();
        for (int done = 0; done < items.Count; done++)
        {
            cancellation.ThrowIfCancellationRequested();
            var item = items[done];
            var errors = new[] { Failure(() => item.ReadPicture(_options.ImageSize, _options.ImageSize)), Failure(() => _objective.ReadLabel(item)) };
            foreach (var error in errors.OfType<McdmException>().DistinctBy(error => error.Message)) { yield return (item, error); }
            progress?.Invoke(done + 1, items.Count);
        }
    }

    private static McdmException? Failure(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (McdmException e)
        {
            return e;
        }
    }

    /// <summary>Trains until all steps are done or it is cancelled, or a picture cannot be read; in any case the last checkpoint and model are whole.</summary>
    /// <param name="resume">Go on from the folder's checkpoint instead of starting anew.</param>
    /// <param name="cancellation">Stops after the step under way.</param>
    /// <exception cref="McdmException">
    /// The folder cannot be written to, its checkpoint is of another network, or the expert to start from is; a picture
    /// cannot be read; the loss is no longer a number.
    /// </exception>
    public TrainingResult Run(bool resume, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var network = _objective.CreateNetwork(resume ? null : Start());
        network.to(Device);
        using var weights = new MasterWeights(network, _options.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        var start = resume ? Checkpoint.Read(_folder) : new Checkpoint(0, 0, _options, Labels());
        string pictures = PictureFingerprints.Of(_objective.Items);
        if (resume)
        {
            RequireSameDataset(start, pictures);
            if (start.Pictures is { Length: > 0 } then) { pictures = then; }
            Checkpoint.Restore(_folder, weights);
        }
        var (step, secondsBefore) = (start.Step, start.Seconds);
        Written(() => OutputFolder.Create(_folder));
        _objective.Prepare(_folder, Preparing, cancellation);
        network.train();

        using var log = OpenLog(step);
        using var heldOut = new CsvLog(Path.Combine(_folder, "held-out.csv"), "step,learnt,held_out", Warn);
        var losses = new Queue<double>((start.Losses ?? log.Losses).TakeLast(LossWindow));
        var clock = Stopwatch.StartNew();
        double lastCheckpoint = 0, lastLog = 0;
        int firstStep = step, lastSaved = step;
        double Seconds() => secondsBefore + clock.Elapsed.TotalSeconds;
        var saves = new PatientSaves(_folder, folder =>
        {
            log.Flush();
            Written(() => OutputFolder.Create(folder));
            new Checkpoint(step, Seconds(), _options, Labels()) { Pictures = pictures, Losses = losses.ToList() }.Write(folder, weights);
            lastSaved = step;
            WriteAverage(folder, network, weights, step, losses, Seconds());
        }, Warn);

        void SaveWhatIsDone()
        {
            if (step == lastSaved) { return; }
            try
            {
                string folder = saves.AtTheEnd(step);
                Warn?.Invoke($"An error ended the run after step {step}; the checkpoint of that step is in '{folder}', to resume from once its cause is "
                    + "mended.");
            }
            catch (McdmException)
            {
                // The error that led here is the one to report.
            }
        }

        try
        {
            while (step < _options.Steps && !cancellation.IsCancellationRequested)
            {
                var (loss, norm) = Step(weights, step);
                log.Write(step + 1, loss, norm, _options.LearningRateAt(step), Seconds());
                losses.Enqueue(loss);
                if (losses.Count > LossWindow) { losses.Dequeue(); }
                step++;
                if (clock.Elapsed.TotalSeconds - lastLog >= LogSeconds)
                {
                    log.Flush();
                    lastLog = clock.Elapsed.TotalSeconds;
                }
                double perStep = clock.Elapsed.TotalSeconds / (step - firstStep);
                Progress?.Invoke(new TrainingProgress(step, _options.Steps, losses.Average(), _options.BatchSize / perStep,
                    TimeSpan.FromSeconds(perStep * (_options.Steps - step))));
                if (clock.Elapsed.TotalSeconds - lastCheckpoint >= _options.CheckpointSeconds)
                {
                    saves.OnTheWay(step);
                    AddHeldOut(heldOut, weights, step);
                    lastCheckpoint = clock.Elapsed.TotalSeconds;
                }
            }
        }
        catch (Exception e) when (e is not McdmException { Id: Diverged })
        {
            SaveWhatIsDone();
            throw;
        }
        finally
        {
            _objective.Finish();
        }
        string savedIn = _folder;
        if (step > firstStep || !resume)
        {
            savedIn = saves.AtTheEnd(step);
            AddHeldOut(heldOut, weights, step);
        }
        else if (!IsWritten())
        {
            WriteAverage(_folder, network, weights, step, losses, Seconds());
        }
        return new TrainingResult
        {
            OutputPath = savedIn,
            Expert = _objective.Name,
            Step = step,
            Steps = _options.Steps,
            PicturesSeen = (long)step * _options.BatchSize,
            Loss = losses.Count > 0 ? losses.Average() : double.NaN,
            Duration = TimeSpan.FromSeconds(Seconds()),
        };
    }

    /// <summary>A run goes on with what it learnt from: another dataset would make the rest of it another run.</summary>
    private void RequireSameDataset(Checkpoint checkpoint, string pictures)
    {
        if (checkpoint.Labels is { } labels && labels != Labels())
        {
            throw new McdmException("CheckpointDataset", ErrorKind.InvalidArgument,
                $"The run in '{_folder}' learnt from {_objective.OtherLabels}; resume it with the dataset it was started with, or start anew.");
        }
        if (checkpoint.Pictures is not { Length: > 0 } then || pictures.Length == 0) { return; }
        var (isOther, change) = PictureFingerprints.Compare(then, pictures);
        if (isOther)
        {
            throw new McdmException("CheckpointDataset", ErrorKind.InvalidArgument,
                $"The run in '{_folder}' learnt from other pictures ({change}); resume it with the dataset it was started with, or start anew from its model.");
        }
        if (change is not null) { Warn?.Invoke($"The dataset is not quite what the run began with: {change}."); }
    }

    /// <summary>Whether the folder holds what the run writes.</summary>
    private bool IsWritten() => _objective.Outcome.All(file => File.Exists(Path.Combine(_folder, file)));

    /// <summary>Hash of what the numbers in the labels mean: a run goes on with the same only.</summary>
    private string Labels() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _objective.Labels))));

    private LossLog OpenLog(int step)
    {
        LossLog? log = null;
        Written(() => log = new LossLog(Path.Combine(_folder, "loss.csv"), step, Warn));
        return log!;
    }

    private void Written(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"Training cannot write to '{_folder}': {e.Message}", e);
        }
    }

    private (double Loss, double GradientNorm) Step(MasterWeights weights, int step)
    {
        using var scope = NewDisposeScope();
        var loss = _objective.Loss(step, Device);
        loss.backward();
        return (loss.ToDouble(), weights.Update(step, _options));
    }

    /// <summary>The loss of the moving average on held-out pictures, a line a checkpoint.</summary>
    private void AddHeldOut(CsvLog log, MasterWeights weights, int step)
    {
        weights.WriteBack(weights.Average);
        var loss = _objective.Evaluate(Device);
        weights.WriteBack(weights.Weights);
        if (loss is null) { return; }
        log.Add($"{step},{loss.Learnt:g6},{loss.HeldOut:g6}");
        log.Flush();
    }

    /// <summary>What is written are the moving average's values under the network's names.</summary>
    private void WriteAverage(string folder, nn.Module network, MasterWeights weights, int step, IReadOnlyCollection<double> losses, double seconds) =>
        _objective.Write(folder, weights.Averages(network), new TrainingSummary
        {
            Steps = step,
            PicturesSeen = (long)step * _options.BatchSize,
            Loss = losses.Count > 0 ? Math.Round(losses.Average(), 5) : 0,
            Seconds = Math.Round(seconds),
            Precision = _options.BFloat16 ? "bfloat16" : "float32",
        });
}
