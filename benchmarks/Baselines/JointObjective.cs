using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Imaging;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Runtime;
using Mcdm.Training;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>
/// One network for all conditions, from pictures that have every label: equation (3), as an expert's, with each condition left out
/// now and then, so that it learns every subset; in pixels or in a space's latents.
/// </summary>
internal sealed class JointObjective : BaselineObjective<UNetOptions>
{
    public static readonly BaselinePack<UNetOptions> Pack = new("mcdm-joint-1");

    private readonly double _leftOut;
    private readonly DiffusionProcess _process;
    private readonly JointConditions _conditions;
    private readonly TrainedCodec? _codec;
    private readonly IReadOnlyList<DatasetItem> _items;
    private readonly ShuffledItems<(Picture? Picture, bool[] Lines, byte[] Classes)> _pictures;
    private DrawnAhead<IReadOnlyList<(DatasetItem Item, int Index, (Picture? Picture, bool[] Lines, byte[] Classes) Entry)>>? _drawn;
    private UNet? _network;

    /// <param name="dataset">Pictures with masks and captions.</param>
    /// <param name="options">How to train.</param>
    /// <param name="leftOut">How often each condition is left out, 0…1.</param>
    /// <param name="codec">The space that is trained in; null for pixels.</param>
    /// <exception cref="McdmException">No picture has all labels, the size does not fit the network, or the space is not the one that the options name.</exception>
    public JointObjective(PictureDataset dataset, TrainingOptions options, double leftOut, TrainedCodec? codec) : this(dataset, Paired(dataset), options, leftOut, codec)
    {
    }

    private JointObjective(PictureDataset dataset, IReadOnlyList<DatasetItem> paired, TrainingOptions options, double leftOut, TrainedCodec? codec) : base(Pack, dataset, paired, options)
    {
        options.RequireSpace(codec);
        int step = options.Network.PatchSize * options.Factor << (options.Network.Channels.Count - 1);
        if (options.ImageSize % step != 0)
        {
            throw new McdmException("ImageSizeIndivisible", ErrorKind.InvalidArgument, $"Pictures of {options.ImageSize} pixels do not fit the network; give a multiple of {step}.");
        }
        (_leftOut, _codec, _items) = (leftOut, codec, paired);
        _process = options.Space.Process;
        var text = new TextEncoderOptions { VocabularySize = Vocabulary.Count };
        _conditions = new JointConditions(Parts, Vocabulary, text.MaxTokens, options.ImageSize);
        Shape = options.Network with { ConditionChannels = _conditions.Channels, Text = text };
        _pictures = new ShuffledItems<(Picture?, bool[], byte[])>(paired, options, ShuffledItems<Picture>.PictureBytes(options), Read);
    }

    /// <inheritdoc/>
    public override string Name => "joint";

    /// <inheritdoc/>
    protected override UNetOptions Shape { get; }

    private UNet Network => _network ?? throw new InvalidOperationException("The network has not been made.");

    /// <inheritdoc/>
    public override nn.Module CreateNetwork(TrainedExpert? from)
    {
        _network = UNet.Create(Shape, Options.Seed);
        if (from is null) { return _network; }
        if (from.Space != Options.Space || from.Prediction != Options.Prediction)
        {
            throw new McdmException("InitializeFromMismatch", ErrorKind.InvalidArgument,
                $"The expert to start from predicts {from.Prediction} in {from.Space}, but the network is to predict {Options.Prediction} in {Options.Space}.");
        }
        using var noGradient = no_grad();
        var source = ModuleWeights.Of(from.Network).ToDictionary(weight => weight.Name, weight => weight.Tensor);
        foreach (var (name, tensor) in ModuleWeights.Of(_network))
        {
            if (source.TryGetValue(name, out var value) && value.shape.SequenceEqual(tensor.shape)) { tensor.copy_(value); }
        }
        return _network;
    }

    /// <inheritdoc/>
    public override void Prepare(string folder, Action<int, int>? progress, CancellationToken cancellation)
    {
        var latents = _codec is null ? null : LatentCache.Of(Path.Combine(folder, "latents.safetensors"), _items, _codec, Options.ImageSize, progress, cancellation);
        _drawn = new(Options.Steps, step => _pictures.Batch(step).ToList(), (step, batch, device) =>
        {
            var (z0, map, tokens) = Draw(step, batch, latents);
            return NoisedBatch.At(z0, step, Options, _process).With(device, map, tokens);
        });
    }

    /// <inheritdoc/>
    public override void Finish() => _drawn?.Stop();

    /// <inheritdoc/>
    public override void Write(string folder, IEnumerable<(string Name, Tensor Tensor)> weights, TrainingSummary summary)
    {
        if (_codec is not null) { SpacePack.Write(folder, _codec); }
        base.Write(folder, weights, summary);
    }

    /// <inheritdoc/>
    protected override BaselineDescription<UNetOptions> Described(BaselineDescription<UNetOptions> description) => description with { Prediction = Options.Prediction, Space = Options.Space };

    /// <summary>Forward process, prediction, squared error.</summary>
    public override Tensor Loss(int step, Device device)
    {
        var drawn = (_drawn ?? throw new InvalidOperationException("The pictures have not been prepared.")).Take(step, device);
        var (noised, others) = NoisedBatch.Of(drawn);
        return noised.Loss(Network.forward(noised.Z, noised.T, others[0], Network.Encode(others[1]!)));
    }

    private (Picture?, bool[], byte[]) Read(DatasetItem item)
    {
        var picture = item.ReadPicture(Options.ImageSize, Options.ImageSize);
        return (_codec is null ? picture : null, CannyEdges.Find(picture), _conditions.Segment.Classes(Condition.FromSegment(item.ReadMask!(), source: item.MaskPath)));
    }

    /// <summary>The pictures that have both a mask and a caption.</summary>
    private static IReadOnlyList<DatasetItem> Paired(PictureDataset dataset)
    {
        var paired = dataset.Items.Where(item => item.ReadMask is not null && item.Captions.Count > 0).ToList();
        return paired.Count > 0 ? paired
            : throw new McdmException("DatasetNotPaired", ErrorKind.InvalidData, $"None of the dataset's {dataset.Pictures} pictures has both a mask and a caption.");
    }

    /// <summary>Pictures or latents, and the conditions that are kept.</summary>
    private (Tensor Z0, Tensor Map, Tensor Tokens) Draw(int step, IReadOnlyList<(DatasetItem Item, int Index, (Picture? Picture, bool[] Lines, byte[] Classes) Entry)> batch, Tensor? latents)
    {
        var random = new Random(Seeds.LabelsOfStep(Options.Seed, step));
        bool Kept() => random.NextDouble() >= _leftOut;
        var z0 = new List<Tensor>();
        var maps = new List<Tensor>();
        var sentences = new List<Tensor>();
        foreach (var (item, index, (picture, lines, classes)) in batch)
        {
            var (map, tokens) = _conditions.Encode(
                Kept() ? lines : null,
                Kept() ? PartialMask.Of(classes, Parts.Count, random) : null,
                Kept() ? Condition.FromText(item.Captions[random.Next(item.Captions.Count)]) : null);
            z0.Add(latents is null ? PictureTensor.ToTensor(picture!) : latents[index].to(ScalarType.Float32));
            maps.Add(map);
            sentences.Add(tokens);
        }
        return (stack(z0), cat(maps), NetworkInput.JoinTokens(sentences));
    }
}
