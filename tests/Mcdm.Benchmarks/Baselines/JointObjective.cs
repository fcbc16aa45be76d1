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
internal sealed class JointObjective : Objective
{
    public const string Format = "mcdm-joint-1";
    public static readonly BaselinePack<UNetOptions> Pack = new(Format);

    private readonly TrainingOptions _options;
    private readonly double _leftOut;
    private readonly NoiseSchedule _schedule;
    private readonly IReadOnlyList<Part> _parts;
    private readonly IReadOnlyList<string> _vocabulary;
    private readonly UNetOptions _shape;
    private readonly JointConditions _conditions;
    private readonly ShuffledPictures<(bool[] Lines, byte[] Classes)> _pictures;
    private UNet? _network;

    /// <param name="dataset">Pictures with masks and captions.</param>
    /// <param name="options">How to train.</param>
    /// <param name="leftOut">How often each condition is left out, 0…1.</param>
    public JointObjective(PictureDataset dataset, TrainingOptions options, double leftOut)
    {
        _options = options;
        _leftOut = leftOut;
        _schedule = NoiseSchedule.Create(options.Schedule, options.NoiseLevels);
        _parts = dataset.Parts;
        var paired = dataset.Items.Where(item => item.ReadMask is not null && item.Captions.Count > 0).ToList();
        if (paired.Count == 0)
        {
            throw new McdmException("DatasetNotPaired", ErrorKind.InvalidData, $"None of the dataset's {dataset.Pictures} pictures has both a mask and a caption; draw such ones with tools/faces.");
        }
        _vocabulary = SubwordTokenizer.LearnVocabulary(paired.SelectMany(item => item.Captions), options.VocabularySize);
        var text = new TextEncoderOptions { VocabularySize = _vocabulary.Count };
        _conditions = new JointConditions(_parts, _vocabulary, text.MaxTokens, options.ImageSize);
        _shape = options.Network with { ConditionChannels = _conditions.Channels, Text = text };
        _pictures = new ShuffledPictures<(bool[], byte[])>(paired, options,
            (item, picture) => (CannyEdges.Find(picture), _conditions.Segment.Classes(Condition.FromSegment(item.ReadMask!(), source: item.PicturePath))));
    }

    /// <inheritdoc/>
    public override string Name => "joint";

    /// <inheritdoc/>
    public override IEnumerable<string> Labels => _vocabulary.Concat(_parts.Select(part => part.ToString()));

    /// <inheritdoc/>
    public override string OtherLabels => "captions with another vocabulary or masks with other parts";

    private UNet Network => _network ?? throw new InvalidOperationException("The network has not been made.");

    /// <inheritdoc/>
    public override nn.Module CreateNetwork(Expert? from)
    {
        _network = UNet.Create(_shape, _options.Seed);
        if (from is null) { return _network; }
        using var noGradient = no_grad();
        var source = ModuleWeights.Of(from.Network).ToDictionary(weight => weight.Name, weight => weight.Tensor);
        foreach (var (name, tensor) in ModuleWeights.Of(_network))
        {
            if (source.TryGetValue(name, out var value) && value.shape.SequenceEqual(tensor.shape)) { tensor.copy_(value); }
        }
        return _network;
    }

    /// <summary>Forward process, prediction of v, squared error.</summary>
    public override Tensor Loss(int step, Device device)
    {
        var (pictures, map, tokens) = Draw(step);
        var (z, t, velocity) = ExpertObjective.Noised(pictures, step, _options, _schedule);
        var prediction = Network.forward(z.to(device), t.to(device), map.to(device), Network.Encode(tokens.to(device))).to(ScalarType.Float32);
        return nn.functional.mse_loss(prediction, velocity.to(device));
    }

    /// <inheritdoc/>
    public override void Write(string folder, IEnumerable<(string Name, Tensor Tensor)> weights, TrainingSummary summary) => Pack.Write(folder, new BaselineDescription<UNetOptions>
    {
        Format = Format,
        ImageSize = _options.ImageSize,
        Network = _shape,
        Parts = _parts,
        Vocabulary = _vocabulary,
        Training = summary,
    }, weights);

    private (Tensor Pictures, Tensor Map, Tensor Tokens) Draw(int step)
    {
        var random = new Random(unchecked((int)(_options.Seed * 7919 + step)));
        bool Kept() => random.NextDouble() >= _leftOut;
        var pictures = new List<Tensor>();
        var maps = new List<Tensor>();
        var sentences = new List<Tensor>();
        foreach (var (item, picture, (lines, classes)) in _pictures.Batch(step))
        {
            var (map, tokens) = _conditions.Encode(
                Kept() ? lines : null,
                Kept() ? PartialMask.Of(classes, _parts.Count, random) : null,
                Kept() ? Condition.FromText(item.Captions[random.Next(item.Captions.Count)]) : null);
            pictures.Add(PictureTensor.ToTensor(picture));
            maps.Add(map);
            sentences.Add(tokens);
        }
        return (stack(pictures), cat(maps), ConditionEncoder.Join(sentences));
    }
}
