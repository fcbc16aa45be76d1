using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Formats;
using Mcdm.Modalities;
using Mcdm.Networks;
using Mcdm.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>Trains one expert with equation (3): the mean squared error of its prediction at random noise levels.</summary>
public sealed class Trainer
{
    private const int LossWindow = 200;
    private readonly TrainingOptions _options;
    private readonly PictureDataset _dataset;
    private readonly string _folder;
    private readonly NoiseSchedule _schedule;
    private readonly ConditionEncoder? _encoder;
    private readonly UNetOptions _network;

    /// <param name="dataset">The pictures and labels.</param>
    /// <param name="options">How to train.</param>
    /// <param name="folder">Where the model, its checkpoint and the loss log go; made where it is missing.</param>
    /// <exception cref="McdmException">The dataset has no picture with the modality's label.</exception>
    public Trainer(PictureDataset dataset, TrainingOptions options, string folder)
    {
        Runtime.Engine.Start();
        _dataset = dataset;
        _options = options;
        _folder = folder;
        _schedule = NoiseSchedule.Create(options.Schedule, options.NoiseLevels);
        if (dataset.With(options.Modality).Count == 0)
        {
            throw new McdmException("DatasetLacksModality", ErrorKind.InvalidData,
                $"None of the dataset's {dataset.Pictures} pictures has what a {Model.NameOf(options.Modality)} expert learns from ({(options.Modality == Modality.Text ? "captions.txt" : "masks")}).");
        }
        (_encoder, _network) = Prepare();
    }

    /// <summary>Told after every step.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Where the network computes.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>The expert to start from; layers that it lacks start at zero or at random.</summary>
    public Expert? InitializeFrom { get; init; }

    /// <summary>True where the folder holds the checkpoint of an earlier run.</summary>
    public static bool CanResume(string folder) => Checkpoint.ExistsIn(folder);

    /// <summary>How the run in a folder was started.</summary>
    /// <exception cref="McdmException">It holds no checkpoint, or a damaged one.</exception>
    public static TrainingOptions OptionsOf(string folder) => Checkpoint.Read(folder).Options;

    /// <summary>Trains until all steps are done or it is cancelled; either way the last checkpoint and model are whole.</summary>
    /// <param name="resume">Go on from the folder's checkpoint instead of starting anew.</param>
    /// <param name="cancellation">Stops after the step under way.</param>
    /// <exception cref="McdmException">
    /// The folder cannot be written to, its checkpoint is of another network, or the expert to start from is; a picture
    /// cannot be read; the loss is no longer a number.
    /// </exception>
    public TrainingResult Run(bool resume, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var network = UNet.Create(_network, _options.Seed);
        if (InitializeFrom is not null && !resume) { CopyMatching(InitializeFrom, network); }
        network.to(Device);
        using var weights = new MasterWeights(network, _options.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        int step = 0;
        double secondsBefore = 0;
        if (resume)
        {
            var checkpoint = Checkpoint.Read(_folder);
            if (checkpoint.Labels is { } labels && labels != Labels())
            {
                throw new McdmException("CheckpointDataset", ErrorKind.InvalidArgument,
                    $"The run in '{_folder}' learnt from {(_options.Modality == Modality.Text ? "captions with another vocabulary" : "masks with other parts")}; resume it with the dataset it was started with, or start anew.");
            }
            (step, secondsBefore) = (checkpoint.Step, checkpoint.Seconds);
            Checkpoint.Restore(_folder, weights);
        }
        network.train();

        using var log = OpenLog(step);
        var batches = new TrainingBatches(_dataset.With(_options.Modality), _options, _encoder);
        var losses = new Queue<double>(log.Losses.TakeLast(LossWindow));
        var clock = Stopwatch.StartNew();
        double lastCheckpoint = 0;
        int firstStep = step;
        double Seconds() => secondsBefore + clock.Elapsed.TotalSeconds;
        void Save()
        {
            Written(log.Flush);
            new Checkpoint(step, Seconds(), _options, Labels()).Write(_folder, weights);
            WriteModel(network, weights, step, losses, Seconds());
            lastCheckpoint = clock.Elapsed.TotalSeconds;
        }

        while (step < _options.Steps && !cancellation.IsCancellationRequested)
        {
            var (loss, norm) = Step(network, weights, batches, step);
            log.Write(step + 1, loss, norm, _options.LearningRateAt(step), Seconds());
            losses.Enqueue(loss);
            if (losses.Count > LossWindow) { losses.Dequeue(); }
            step++;
            double perStep = clock.Elapsed.TotalSeconds / (step - firstStep);
            Progress?.Invoke(new TrainingProgress(step, _options.Steps, losses.Average(), _options.BatchSize / perStep, TimeSpan.FromSeconds(perStep * (_options.Steps - step))));
            if (clock.Elapsed.TotalSeconds - lastCheckpoint >= _options.CheckpointSeconds) { Save(); }
        }
        if (step > firstStep || !resume) { Save(); }
        return new TrainingResult
        {
            OutputPath = _folder,
            Expert = Model.NameOf(_options.Modality),
            Step = step,
            Steps = _options.Steps,
            PicturesSeen = (long)step * _options.BatchSize,
            Loss = losses.Count > 0 ? losses.Average() : double.NaN,
            Duration = TimeSpan.FromSeconds(Seconds()),
        };
    }

    /// <summary>Hash of what the numbers in the labels mean: a run goes on with the same vocabulary or parts only.</summary>
    private string Labels() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _encoder switch
    {
        TextConditionEncoder text => text.Tokenizer.Vocabulary,
        SegmentEncoder segment => segment.Parts.Select(part => part.ToString()),
        _ => [],
    }))));

    private LossLog OpenLog(int step)
    {
        LossLog? log = null;
        Written(() =>
        {
            Directory.CreateDirectory(_folder);
            log = new LossLog(Path.Combine(_folder, "loss.csv"), step);
        });
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

    /// <summary>
    /// Copies what both networks have; a new input's layers stay as they were made, at zero. What belongs to a token or a
    /// part goes to the same one, whatever its number.
    /// </summary>
    private void CopyMatching(Expert from, UNet to)
    {
        if (!from.Options.HasLevelsOf(_network) || from.Prediction != _options.Prediction)
        {
            throw new McdmException("InitializeFromMismatch", ErrorKind.InvalidArgument,
                $"The expert to start from ({from.Options.Levels}, {from.Prediction}) is not of the kind to be trained ({_network.Levels}, {_options.Prediction}), so nothing of it would be left; train with its settings.");
        }
        using var noGradient = no_grad();
        var source = ModuleWeights.Of(from.Network).ToDictionary(weight => weight.Name, weight => weight.Tensor);
        foreach (var (name, tensor) in ModuleWeights.Of(to))
        {
            if (!source.TryGetValue(name, out var value)) { continue; }
            if (name == UNet.TokenEmbedding) { CopyTokens(((TextConditionEncoder)from.Encoder!).Tokenizer, value, tensor); }
            else if (name == UNet.ConditionKernel && from.Encoder is SegmentEncoder parts && _encoder is SegmentEncoder mine && !parts.Parts.SequenceEqual(mine.Parts)) { continue; }
            else if (value.shape.SequenceEqual(tensor.shape)) { tensor.copy_(value); }
        }
    }

    private void CopyTokens(SubwordTokenizer from, Tensor source, Tensor target)
    {
        if (source.shape[1] != target.shape[1]) { return; }
        var numbers = from.Vocabulary.Select((piece, number) => (piece, number)).ToDictionary(pair => pair.piece, pair => pair.number);
        var pieces = ((TextConditionEncoder)_encoder!).Tokenizer.Vocabulary;
        for (int i = 0; i < pieces.Count; i++)
        {
            if (numbers.TryGetValue(pieces[i], out int number)) { target[i].copy_(source[number]); }
        }
    }

    /// <summary>One step of (3): forward process, prediction, squared error, AdamW.</summary>
    private (double Loss, double GradientNorm) Step(UNet network, MasterWeights weights, TrainingBatches batches, int step)
    {
        using var scope = NewDisposeScope();
        var (pictures, conditions) = batches.Draw(step);
        using var generator = new Generator(unchecked((ulong)(_options.Seed * 1_000_003 + step)));
        var noise = randn(pictures.shape, generator: generator);
        var t = NoiseLevels(pictures.shape[0], _options, generator);
        var alphaBar = tensor(t.data<long>().Select(level => (float)_schedule.AlphaBar((int)level)).ToArray()).reshape(-1, 1, 1, 1);
        var (signal, sigma) = (alphaBar.sqrt(), (1 - alphaBar).sqrt());
        var z = signal * pictures + sigma * noise;
        var target = (_options.Prediction == PredictionKind.Velocity ? signal * noise - sigma * pictures : noise).to(Device);

        var prediction = network.Predict(z.to(Device), t.to(Device), _options.Modality, conditions?.to(Device)).to(ScalarType.Float32);
        var loss = nn.functional.mse_loss(prediction, target);
        loss.backward();
        return (loss.ToDouble(), weights.Update(step, _options));
    }

    /// <summary>
    /// Noise levels 1…T with density t^<see cref="TrainingOptions.TimestepBias"/>, one from each of the batch's equally
    /// likely slices of that range: less variance than independent ones (Kingma et al. 2021).
    /// </summary>
    internal static Tensor NoiseLevels(long count, TrainingOptions options, Generator generator)
    {
        var position = ((arange(count) + rand([count], generator: generator)) / count).pow(1 / (1 + options.TimestepBias));
        return (position * options.NoiseLevels).floor().clamp(0, options.NoiseLevels - 1).to(ScalarType.Int64) + 1;
    }

    private void WriteModel(UNet network, MasterWeights weights, int step, IReadOnlyCollection<double> losses, double seconds)
    {
        var expert = new Expert(network, _network, _options.Space, _options.Prediction, _encoder)
        {
            Training = new TrainingSummary
            {
                Steps = step,
                PicturesSeen = (long)step * _options.BatchSize,
                Loss = losses.Count > 0 ? Math.Round(losses.Average(), 5) : 0,
                Seconds = Math.Round(seconds),
                Precision = _options.BFloat16 ? "bfloat16" : "float32",
            },
        };
        // What is saved are the moving average's values under the network's names.
        var averaged = ModuleWeights.Of(network).Zip(weights.Parts(weights.Average), (tensor, average) => (tensor.Name, average));
        ModelPack.Write(_folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(_folder)), null, null, _options.Space, [(expert, averaged)]);
    }

    /// <summary>How the modality's conditions become tensors, and the network with the inputs they need.</summary>
    private (ConditionEncoder? Encoder, UNetOptions Network) Prepare()
    {
        int size = _options.ImageSize;
        switch (_options.Modality)
        {
            case null:
                return (null, _options.Network);
            case Modality.Sketch:
                return (new SketchEncoder(size, size), _options.Network with { ConditionChannels = 1 });
            case Modality.Segment:
                var segment = new SegmentEncoder(_dataset.Parts, size, size);
                return (segment, _options.Network with { ConditionChannels = segment.Channels });
            case Modality.Text:
                var vocabulary = SubwordTokenizer.LearnVocabulary(_dataset.Items.SelectMany(item => item.Captions), _options.VocabularySize);
                var text = _options.Network.Text ?? new TextEncoderOptions { VocabularySize = vocabulary.Count };
                return (new TextConditionEncoder(new SubwordTokenizer(vocabulary), text.MaxTokens), _options.Network with { Text = text with { VocabularySize = vocabulary.Count } });
            default:
                throw new InvalidOperationException($"No trainer for {_options.Modality}.");
        }
    }
}
