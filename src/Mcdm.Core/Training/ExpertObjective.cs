using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>One expert, by equation (3): the mean squared error of its prediction at random noise levels.</summary>
internal sealed class ExpertObjective : Objective
{
    /// <summary>Pictures over which the loss on held-out ones is taken.</summary>
    private const int HeldOutPictures = 256;

    private readonly TrainingOptions _options;
    private readonly PictureDataset _dataset;
    private readonly DiffusionProcess _process;
    private readonly ConditionEncoder? _encoder;
    private readonly UNetOptions _network;
    private readonly TrainedCodec? _codec;
    private readonly IReadOnlyList<DatasetItem> _items, _heldOut;
    private DrawnAhead<IReadOnlyList<TrainingBatches.Entry>>? _drawn;
    private TrainingBatches? _learntSample, _heldOutSample;
    private UNet? _unet;
    private List<(string Name, ConditionEncoder Encoder)>? _readers;

    /// <param name="dataset">The pictures and labels.</param>
    /// <param name="options">How to train.</param>
    /// <param name="codec">The space that is trained in; null for pixels.</param>
    /// <param name="heldOut">Pictures to watch the loss on; null for none.</param>
    /// <exception cref="McdmException">
    /// A dataset has no picture with the modality's label, the space is not the one that the options name, or the expert's name is not usable.
    /// </exception>
    public ExpertObjective(PictureDataset dataset, TrainingOptions options, TrainedCodec? codec = null, PictureDataset? heldOut = null)
    {
        _dataset = dataset;
        _options = options;
        _codec = codec;
        _process = options.Space.Process;
        options.RequireSpace(codec);
        ExpertName.Check(options.Name);
        _items = ItemsOf(dataset);
        _heldOut = heldOut is null ? [] : ItemsOf(heldOut).Take(HeldOutPictures).ToList();
        (_encoder, _network) = Prepare();
    }

    /// <inheritdoc/>
    public override void Prepare(string folder, Action<int, int>? progress, CancellationToken cancellation)
    {
        TrainingBatches Batches(IReadOnlyList<DatasetItem> items, string cache) => new(items, _options, _encoder,
            _codec is null ? null : LatentCache.Of(Path.Combine(folder, cache), items, _codec, _options.ImageSize, progress, cancellation));
        var batches = Batches(_items, "latents.safetensors");
        _drawn = new(_options.Steps, batches.Read, (step, entries, device) => Draw(batches, step, entries, device));
        if (_heldOut.Count == 0) { return; }
        _learntSample = Batches(_items.Take(_heldOut.Count).ToList(), "latents-sample.safetensors");
        _heldOutSample = Batches(_heldOut, "latents-held-out.safetensors");
    }

    /// <inheritdoc/>
    public override HeldOutLoss? Evaluate(Device device)
    {
        if (_heldOutSample is null) { return null; }
        using var noGradient = no_grad();
        double Mean(TrainingBatches batches) => Enumerable.Range(0, Math.Max(1, _heldOut.Count / _options.BatchSize)).Average(step =>
        {
            using var scope = NewDisposeScope();
            return LossOf(Draw(batches, step, batches.Read(step), device)).ToDouble();
        });
        return new HeldOutLoss(Mean(_learntSample!), Mean(_heldOutSample));
    }

    /// <inheritdoc/>
    public override string Name => _options.Name;

    /// <inheritdoc/>
    public override IEnumerable<string> Labels => _encoder?.Data.Lines ?? [];

    /// <inheritdoc/>
    public override string OtherLabels => _options.Modality?.OtherData ?? "other pictures";

    /// <inheritdoc/>
    public override IReadOnlyList<DatasetItem> Items => _items;

    /// <inheritdoc/>
    public override IReadOnlyList<DatasetItem> HeldOut => _heldOut;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outcome =>
        [.. ModelPack.Files(_options.Name, _encoder?.Data.Vocabulary is not null), .. _codec is null ? [] : SpacePack.Files];

    /// <inheritdoc/>
    public override void ReadLabel(DatasetItem item) => _encoder?.Label(item, () => item.ReadPicture(_options.ImageSize, _options.ImageSize), _options.Name);

    /// <summary>What the expert reads; for the unconditional one, which reads nothing, what experts of all modalities of the dataset would.</summary>
    public override SeenPicture See(DatasetItem item)
    {
        _readers ??= _encoder is null ? AllReaders() : [(_options.Name, _encoder)];
        Picture? picture = null;
        var labels = new List<(string, LabelView)>();
        foreach (var (name, encoder) in _readers.Where(reader => reader.Encoder.Modality.IsIn(item, reader.Name)))
        {
            var (read, label) = TrainingBatches.Read(item, _options.ImageSize, encoder, name);
            picture ??= read();
            labels.Add((name, encoder.View(label, item)));
        }
        return new SeenPicture(item.Name, picture ?? TrainingBatches.Read(item, _options.ImageSize, null, _options.Name).Picture(), labels);
    }

    private List<(string Name, ConditionEncoder Encoder)> AllReaders()
    {
        ConditionEncoder Reader(Modality modality, IReadOnlyList<DatasetItem> items) =>
            modality.CreateEncoder(modality.Learn(items.Take(HeldOutPictures).ToList(), _dataset.Parts, _options.VocabularySize),
                _options.ImageSize, _options.ImageSize);
        var own = Modality.All.Where(modality => modality != Modality.Picture).Select(modality => (Modality: modality, Name: modality.ExpertName));
        var all = own.Concat(_dataset.Controls.Select(name => (Modality: Modality.Picture, Name: name)));
        return all.Select(reader => (reader.Name, reader.Modality, Items: _dataset.With(reader.Modality, reader.Name))).Where(reader => reader.Items.Count > 0)
            .Select(reader => (reader.Name, Reader(reader.Modality, reader.Items))).ToList();
    }

    private UNet Network => _unet ?? throw new InvalidOperationException("The network has not been made.");

    /// <inheritdoc/>
    public override nn.Module CreateNetwork(TrainedExpert? from)
    {
        _unet = UNet.Create(_network, _options.Seed);
        if (from is not null) { CopyMatching(from, _unet); }
        return _unet;
    }

    /// <summary>Forward process, prediction, squared error.</summary>
    public override Tensor Loss(int step, Device device) =>
        LossOf((_drawn ?? throw new InvalidOperationException("The pictures have not been prepared.")).Take(step, device));

    /// <inheritdoc/>
    public override void Finish() => _drawn?.Stop();

    private Tensor?[] Draw(TrainingBatches batches, int step, IReadOnlyList<TrainingBatches.Entry> entries, Device device)
    {
        var (z0, conditions) = batches.Draw(step, entries);
        return NoisedBatch.At(z0, step, _options, _process).With(device, conditions);
    }

    private Tensor LossOf(Tensor?[] drawn)
    {
        var (noised, others) = NoisedBatch.Of(drawn);
        return noised.Loss(Network.Predict(noised.Z, noised.T, others[0]));
    }

    /// <inheritdoc/>
    public override void Write(string folder, IEnumerable<(string Name, Tensor Tensor)> weights, TrainingSummary summary)
    {
        var expert = new TrainedExpert(Network, _network, _options.Space, _options.Prediction, _encoder, _options.Name) { Training = summary };
        ModelPack.Write(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), null, null, _options.Space, [(expert, weights)], _codec);
    }

    /// <summary>
    /// Copies what both networks have; a new input's layers stay as they were made, at zero. What belongs to a token or a
    /// part goes to the same one, whatever its number.
    /// </summary>
    private void CopyMatching(TrainedExpert from, UNet to)
    {
        if (!from.Options.HasLevelsOf(_network) || from.Prediction != _options.Prediction)
        {
            throw new McdmException("InitializeFromMismatch", ErrorKind.InvalidArgument,
                $"The expert to start from ({from.Options.Levels}, {from.Prediction}) is not of the kind to be trained ({_network.Levels}, "
                    + $"{_options.Prediction}), so nothing of it would be left; train with its settings.");
        }
        using var noGradient = no_grad();
        var source = ModuleWeights.Of(from.Network).ToDictionary(weight => weight.Name, weight => weight.Tensor);
        foreach (var (name, tensor) in ModuleWeights.Of(to))
        {
            if (!source.TryGetValue(name, out var value)) { continue; }
            if (name == UNet.TokenEmbedding) { CopyTokens(from.Encoder!.Data.Vocabulary!, value, tensor); }
            else if (name == UNet.ConditionKernel && from.Encoder?.Data.Parts is { } parts && _encoder?.Data.Parts is { } mine && !parts.SequenceEqual(mine))
            {
                continue;
            }
            else if (value.shape.SequenceEqual(tensor.shape)) { tensor.copy_(value); }
        }
    }

    private void CopyTokens(IReadOnlyList<string> from, Tensor source, Tensor target)
    {
        if (source.shape[1] != target.shape[1]) { return; }
        var numbers = from.Select((piece, number) => (piece, number)).ToDictionary(pair => pair.piece, pair => pair.number);
        var pieces = _encoder!.Data.Vocabulary!;
        for (int i = 0; i < pieces.Count; i++)
        {
            if (numbers.TryGetValue(pieces[i], out int number)) { target[i].copy_(source[number]); }
        }
    }

    private IReadOnlyList<DatasetItem> ItemsOf(PictureDataset dataset) => dataset.With(_options.Modality, _options.Name) is { Count: > 0 } items ? items
        : throw new McdmException("DatasetLacksModality", ErrorKind.InvalidData,
            $"None of the dataset's {dataset.Pictures} pictures has what a {_options.Name} expert learns from ({_options.Modality?.Source ?? "images"}).");

    /// <summary>How the modality's conditions become tensors, and the network with the inputs they need.</summary>
    private (ConditionEncoder? Encoder, UNetOptions Network) Prepare()
    {
        if (_options.Modality is not { } modality) { return (null, _options.Network); }
        var text = _options.Network.Text ?? new TextEncoderOptions { VocabularySize = 0 };
        var data = modality.Learn(_items, _dataset.Parts, _options.VocabularySize) with { Phrases = _dataset.Phrases, MaxTokens = text.MaxTokens };
        var encoder = modality.CreateEncoder(data, _options.ImageSize, _options.ImageSize);
        var input = encoder.Input;
        return (encoder, _options.Network with { ConditionChannels = input.MapChannels,
            Text = input.VocabularySize == 0 ? null : text with { VocabularySize = input.VocabularySize } });
    }
}
