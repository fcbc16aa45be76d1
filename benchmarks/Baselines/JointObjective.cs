using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Formats;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Networks;
using Mcdm.Sampling;
using Mcdm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>
/// One network for all conditions, from pictures that have every label: equation (3), as an expert's, with each condition left out
/// now and then, so that it learns every subset.
/// </summary>
internal sealed class JointObjective : BaselineObjective<UNetOptions>
{
    public static readonly BaselinePack<UNetOptions> Pack = new("mcdm-joint-1");

    private readonly double _leftOut;
    private readonly NoiseSchedule _schedule;
    private readonly JointConditions _conditions;
    private readonly ShuffledItems<(Picture Picture, bool[] Lines, byte[] Classes)> _pictures;
    private UNet? _network;

    /// <param name="dataset">Pictures with masks and captions.</param>
    /// <param name="options">How to train.</param>
    /// <param name="leftOut">How often each condition is left out, 0…1.</param>
    public JointObjective(PictureDataset dataset, TrainingOptions options, double leftOut) : this(dataset, Paired(dataset), options, leftOut)
    {
    }

    private JointObjective(PictureDataset dataset, IReadOnlyList<DatasetItem> paired, TrainingOptions options, double leftOut) : base(Pack, dataset, paired, options)
    {
        _leftOut = leftOut;
        _schedule = NoiseSchedule.Create(options.Schedule, options.NoiseLevels);
        var text = new TextEncoderOptions { VocabularySize = Vocabulary.Count };
        _conditions = new JointConditions(Parts, Vocabulary, text.MaxTokens, options.ImageSize);
        Shape = options.Network with { ConditionChannels = _conditions.Channels, Text = text };
        _pictures = new ShuffledItems<(Picture, bool[], byte[])>(paired, options, ShuffledItems<Picture>.PictureBytes(options), Read);
    }

    /// <inheritdoc/>
    public override string Name => "joint";

    /// <inheritdoc/>
    protected override UNetOptions Shape { get; }

    private UNet Network => _network ?? throw new InvalidOperationException("The network has not been made.");

    /// <inheritdoc/>
    public override nn.Module CreateNetwork(Expert? from)
    {
        _network = UNet.Create(Shape, Options.Seed);
        if (from is null) { return _network; }
        using var noGradient = no_grad();
        var source = ModuleWeights.Of(from.Network).ToDictionary(weight => weight.Name, weight => weight.Tensor);
        foreach (var (name, tensor) in ModuleWeights.Of(_network))
        {
            if (source.TryGetValue(name, out var value) && value.shape.SequenceEqual(tensor.shape)) { tensor.copy_(value); }
        }
        return _network;
    }

    /// <summary>Forward process, prediction, squared error.</summary>
    public override Tensor Loss(int step, Device device)
    {
        var (pictures, map, tokens) = Draw(step);
        var noised = NoisedBatch.At(pictures, step, Options, _schedule);
        return noised.Loss(Network.forward(noised.Z.to(device), noised.T.to(device), map.to(device), Network.Encode(tokens.to(device))));
    }

    private (Picture, bool[], byte[]) Read(DatasetItem item)
    {
        var picture = item.ReadPicture(Options.ImageSize, Options.ImageSize);
        return (picture, CannyEdges.Find(picture), _conditions.Segment.Classes(Condition.FromSegment(item.ReadMask!(), source: item.PicturePath)));
    }

    /// <summary>The pictures that have both a mask and a caption.</summary>
    private static IReadOnlyList<DatasetItem> Paired(PictureDataset dataset)
    {
        var paired = dataset.Items.Where(item => item.ReadMask is not null && item.Captions.Count > 0).ToList();
        return paired.Count > 0 ? paired
            : throw new McdmException("DatasetNotPaired", ErrorKind.InvalidData, $"None of the dataset's {dataset.Pictures} pictures has both a mask and a caption; draw such ones with tools/faces.");
    }

    private (Tensor Pictures, Tensor Map, Tensor Tokens) Draw(int step)
    {
        var random = new Random(unchecked((int)(Options.Seed * 7919 + step)));
        bool Kept() => random.NextDouble() >= _leftOut;
        var pictures = new List<Tensor>();
        var maps = new List<Tensor>();
        var sentences = new List<Tensor>();
        foreach (var (item, _, (picture, lines, classes)) in _pictures.Batch(step))
        {
            var (map, tokens) = _conditions.Encode(
                Kept() ? lines : null,
                Kept() ? PartialMask.Of(classes, Parts.Count, random) : null,
                Kept() ? Condition.FromText(item.Captions[random.Next(item.Captions.Count)]) : null);
            pictures.Add(PictureTensor.ToTensor(picture));
            maps.Add(map);
            sentences.Add(tokens);
        }
        return (stack(pictures), cat(maps), ConditionEncoder.Join(sentences));
    }
}
