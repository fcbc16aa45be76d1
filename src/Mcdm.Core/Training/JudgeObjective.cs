using Mcdm.Datasets;
using Mcdm.Diffusion.Samplers;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>
/// A judge: the cross-entropy of each picture's attributes plus that of each pixel's part. What a picture has no label for
/// teaches nothing, so pictures with masks and pictures with attributes may be different ones.
/// </summary>
internal sealed class JudgeObjective : Objective
{
    /// <summary>Judges see noise of a standard deviation up to this (pixels are −1…1), so that a sample's grain does not confuse them.</summary>
    private const float LargestNoise = 0.1f;
    private const int NoLabel = -100;

    private readonly TrainingOptions _options;
    private readonly PictureDataset _dataset;
    private readonly IReadOnlyList<DatasetItem> _items;
    private readonly SegmentEncoder? _parts;
    private readonly JudgeNetworkOptions _shape;
    private readonly ShuffledItems<(Picture Picture, long[] Attributes, byte[]? Parts)> _pictures;
    private JudgeNetwork? _network;

    /// <param name="dataset">The pictures and labels.</param>
    /// <param name="options">How to train.</param>
    /// <param name="shape">Shape of the network; its heads are filled in from the dataset.</param>
    /// <exception cref="McdmException">The dataset has neither attributes nor masks.</exception>
    public JudgeObjective(PictureDataset dataset, TrainingOptions options, JudgeNetworkOptions shape)
    {
        _dataset = dataset;
        _options = options;
        _items = dataset.Judged;
        if (_items.Count == 0)
        {
            throw new McdmException("DatasetLacksLabels", ErrorKind.InvalidData,
                $"None of the dataset's {dataset.Pictures} pictures has what a judge learns from: attributes of two values or more (labels.jsonl), or masks.");
        }
        _parts = dataset.Masks > 0 ? new SegmentEncoder(dataset.Parts, options.ImageSize, options.ImageSize) : null;
        _shape = shape with { AttributeClasses = dataset.Attributes.Select(Judge.ClassesOf).ToList(), Parts = _parts?.Parts.Count ?? 0 };
        _pictures = new ShuffledItems<(Picture, long[], byte[]?)>(_items, options, ShuffledItems<Picture>.PictureBytes(options), Read);
    }

    /// <inheritdoc/>
    public override string Name => "judge";

    /// <inheritdoc/>
    public override IEnumerable<string> Labels => _dataset.Attributes.Select(attribute => attribute.ToString())
        .Concat(_parts?.Parts.Select(part => part.ToString()) ?? []);

    /// <inheritdoc/>
    public override string OtherLabels => "other attributes or parts";

    /// <inheritdoc/>
    public override IReadOnlyList<DatasetItem> Items => _items;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outcome => JudgePack.Files;

    /// <inheritdoc/>
    public override void ReadLabel(DatasetItem item) => PartsOf(item);

    /// <inheritdoc/>
    public override SeenPicture See(DatasetItem item)
    {
        var (picture, attributes, parts) = Read(item);
        string text = string.Join(", ", _dataset.Attributes.Zip(attributes).Where(known => known.Second != NoLabel)
            .Select(known => $"{known.First.Name}: {(known.Second < known.First.Values.Count ? known.First.Values[(int)known.Second] : "hidden")}"));
        return new SeenPicture(item.Name, picture,
        [
            .. parts is null ? [] : new[] { ("parts", _parts!.View(parts, item)) },
            .. text.Length == 0 ? [] : new[] { ("attributes", new LabelView(null, text)) },
        ]);
    }

    private (Picture Picture, long[] Attributes, byte[]? Parts) Read(DatasetItem item) =>
        (item.ReadPicture(_options.ImageSize, _options.ImageSize), AttributesOf(item), PartsOf(item));

    private JudgeNetwork Network => _network ?? throw new InvalidOperationException("The network has not been made.");

    /// <inheritdoc/>
    public override nn.Module CreateNetwork(TrainedExpert? from) => from is null
        ? _network = JudgeNetwork.Create(_shape, _options.Seed)
        : throw new McdmException("InitializeFromMismatch", ErrorKind.InvalidArgument,
            $"A judge cannot start from the {from} expert: it is a network of another kind.");

    /// <inheritdoc/>
    public override Tensor Loss(int step, Device device)
    {
        var batch = _pictures.Batch(step).Select(entry => entry.Entry).ToList();
        var pictures = stack(batch.Select(entry => PictureTensor.ToTensor(entry.Picture)));
        using var generator = new Generator(Seeds.NoiseOfStep(_options.Seed, step));
        var sigma = rand([batch.Count, 1, 1, 1], generator: generator) * LargestNoise;
        var output = Network.forward((pictures + sigma * randn(pictures.shape, generator: generator)).to(device));

        var losses = new List<Tensor>();
        if (output.Attributes is not null)
        {
            int first = 0;
            var attributes = output.Attributes.split(_shape.AttributeClasses.Select(classes => (long)classes).ToArray(), 1);
            foreach (var scores in attributes)
            {
                int attribute = first++;
                losses.Add(CrossEntropy(scores, tensor(batch.Select(entry => entry.Attributes[attribute]).ToArray()).to(device)) / attributes.Length);
            }
        }
        if (output.Parts is not null)
        {
            var classes = stack(batch.Select(entry => ClassesOf(entry.Parts))).to(device);
            losses.Add(CrossEntropy(output.Parts, classes));
        }
        return stack(losses).sum();
    }

    /// <summary>Mean over what is labelled; 0 where nothing is.</summary>
    private static Tensor CrossEntropy(Tensor scores, Tensor classes) =>
        nn.functional.cross_entropy(scores, classes, ignore_index: NoLabel, reduction: nn.Reduction.Sum) / classes.ne(NoLabel).sum().clamp_min(1);

    /// <summary>The class of every attribute; the last class of each is "cannot be seen".</summary>
    private long[] AttributesOf(DatasetItem item) => _dataset.Attributes.Select(attribute =>
        !item.Labels.TryGetValue(attribute.Name, out string? value) ? NoLabel
        : value is null ? attribute.Values.Count
        : attribute.Values.Select((name, i) => (name, i)).First(entry => entry.name == value).i).Select(number => (long)number).ToArray();

    private byte[]? PartsOf(DatasetItem item) =>
        _parts is not null && item.ReadMask is { } read ? _parts.Classes(Condition.FromSegment(read(), source: item.MaskPath)) : null;

    private Tensor ClassesOf(byte[]? parts)
    {
        int size = _options.ImageSize;
        return parts is null
            ? full([size, size], NoLabel, dtype: ScalarType.Int64)
            : tensor(Array.ConvertAll(parts, part => part == SegmentEncoder.Unknown ? NoLabel : (long)part)).reshape(size, size);
    }

    /// <inheritdoc/>
    public override void Write(string folder, IEnumerable<(string Name, Tensor Tensor)> weights, TrainingSummary summary) =>
        JudgePack.Write(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), new JudgeDescription
        {
            Format = JudgeDescription.CurrentFormat,
            ImageSize = _options.ImageSize,
            Network = _shape,
            Attributes = _dataset.Attributes,
            Parts = _parts?.Parts ?? [],
            Phrases = _dataset.Phrases,
            Training = summary,
        }, weights);
}
