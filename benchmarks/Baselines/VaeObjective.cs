using Mcdm.Datasets;
using Mcdm.Diffusion.Samplers;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Imaging;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Modalities.Sketch;
using Mcdm.Modalities.Text;
using Mcdm.Runtime;
using Mcdm.Training;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>
/// The weakly supervised MVAE (Wu and Goodman 2018): every picture has one label, and its loss is the sum of three evidence bounds,
/// of the picture with its label, of the picture alone and of the label alone.
/// </summary>
internal sealed class VaeObjective : BaselineObjective<VaeOptions>
{
    public static readonly BaselinePack<VaeOptions> Pack = new("mcdm-vae-1");

    /// <summary>Variance of a decoded picture's values, which are −1…1: about the squared error that is left.</summary>
    private const double PictureVariance = 0.04;

    /// <summary>A sentence says little in nats beside thousands of pixels; Wu and Goodman weigh labels by 10 to 50 as well.</summary>
    private const double WordWeight = 20;

    /// <summary>Part of the steps over which the divergence's weight rises from 0 to 1.</summary>
    private const double Annealing = 0.25;

    private readonly SegmentEncoder _masks;
    private readonly SketchEncoder _sketches;
    private readonly TextConditionEncoder _sentences;
    private readonly ShuffledItems<(Picture Picture, object? Label)> _pictures;
    private VaeNetwork? _network;

    /// <param name="dataset">Pictures with one label each: a caption, a mask, or neither, whose edges are then the label.</param>
    /// <param name="options">How to train.</param>
    public VaeObjective(PictureDataset dataset, TrainingOptions options) : base(Pack, dataset, dataset.Items, options)
    {
        int size = options.ImageSize;
        _masks = new SegmentEncoder(Parts, size, size);
        _sketches = new SketchEncoder(size, size);
        var text = new TextEncoderOptions { VocabularySize = Vocabulary.Count };
        _sentences = new TextConditionEncoder(new SubwordTokenizer(Vocabulary), text.MaxTokens);
        Shape = new VaeOptions { SegmentChannels = _masks.Channels, Text = text };
        _pictures = new ShuffledItems<(Picture, object?)>(dataset.Items, options, ShuffledItems<Picture>.PictureBytes(options), Read);
    }

    /// <inheritdoc/>
    public override string Name => "vae";

    /// <inheritdoc/>
    protected override VaeOptions Shape { get; }

    private VaeNetwork Network => _network ?? throw new InvalidOperationException("The network has not been made.");

    /// <inheritdoc/>
    public override nn.Module CreateNetwork(TrainedExpert? from) => from is null
        ? _network = VaeNetwork.Create(Shape, Options.Seed)
        : throw new McdmException("InitializeFromMismatch", ErrorKind.InvalidArgument, $"A VAE cannot start from the {from} expert: it is a network of another kind.");

    /// <summary>The three bounds, in nats a value of the picture.</summary>
    public override Tensor Loss(int step, Device device)
    {
        var random = new Random(Seeds.LabelsOfStep(Options.Seed, step));
        // In order of the kinds of label, so that each kind's rows are together.
        var batch = _pictures.Batch(step).Select(entry => (entry.Item, entry.Entry.Picture, entry.Entry.Label)).OrderBy(entry => entry.Label switch { bool[] => 0, byte[] => 1, _ => 2 }).ToList();
        var pictures = stack(batch.Select(entry => PictureTensor.ToTensor(entry.Picture))).to(device);
        var lines = batch.Select(entry => entry.Label).OfType<bool[]>().Select(_sketches.Encode).ToArray();
        var classes = batch.Select(entry => entry.Label).OfType<byte[]>().Select(mask => PartialMask.Of(mask, Parts.Count, random)).ToArray();
        var sentences = batch.Where(entry => entry.Label is null).Select(entry => _sentences.EncodeLabel(null, entry.Item, random)).ToArray();

        var labels = new List<(LatentGaussian Expert, Func<Tensor, Tensor> Loss)>();
        if (lines.Length > 0)
        {
            var drawn = cat(lines).to(device);
            labels.Add((Network.EncodeSketch(drawn), z => nn.functional.binary_cross_entropy_with_logits(Network.DecodeSketch(z), drawn, reduction: nn.Reduction.Sum)));
        }
        if (classes.Length > 0)
        {
            var masks = cat(classes.Select(_masks.OneHot).ToArray()).to(device);
            var targets = tensor(classes.SelectMany(mask => mask.Select(part => part == SegmentEncoder.Unknown ? -100L : part)).ToArray()).reshape(-1, Options.ImageSize, Options.ImageSize).to(device);
            labels.Add((Network.EncodeSegment(masks), z => nn.functional.cross_entropy(Network.DecodeSegment(z), targets, ignore_index: -100, reduction: nn.Reduction.Sum)));
        }
        if (sentences.Length > 0)
        {
            var tokens = NetworkInput.JoinTokens(sentences).to(device);
            var words = zeros(tokens.shape[0], Vocabulary.Count, device: device).scatter(1, tokens, ones_like(tokens, dtype: ScalarType.Float32));
            labels.Add((Network.EncodeText(tokens), z => WordWeight * nn.functional.binary_cross_entropy_with_logits(Network.DecodeWords(z), words, reduction: nn.Reduction.Sum)));
        }

        using var generator = new Generator(Seeds.NoiseOfStep(Options.Seed, step));
        Tensor Draw(LatentGaussian posterior) => posterior.Sample(randn(posterior.Mean.shape, generator: generator).to(device));
        Tensor LabelLoss(Tensor z)
        {
            long row = 0;
            var sum = zeros([], device: device);
            foreach (var (expert, loss) in labels)
            {
                sum = sum + loss(z.narrow(0, row, expert.Mean.shape[0]));
                row += expert.Mean.shape[0];
            }
            return sum;
        }
        Tensor PictureLoss(Tensor z) => (Network.DecodePicture(z) - pictures).square().sum() / (2 * PictureVariance);

        var picture = Network.EncodePicture(pictures);
        var label = new LatentGaussian(cat(labels.Select(one => one.Expert.Mean).ToArray()), cat(labels.Select(one => one.Expert.Precision).ToArray()));
        var (both, alone, labelAlone) = (LatentGaussian.Product(picture, label), LatentGaussian.Product(picture), LatentGaussian.Product(label));
        var z = Draw(both);
        var divergence = both.Divergence().sum() + alone.Divergence().sum() + labelAlone.Divergence().sum();
        double weight = Math.Min(1, (step + 1) / (Annealing * Options.Steps));
        return (PictureLoss(z) + LabelLoss(z) + PictureLoss(Draw(alone)) + LabelLoss(Draw(labelAlone)) + weight * divergence) / pictures.numel();
    }

    private (Picture, object?) Read(DatasetItem item)
    {
        var picture = item.ReadPicture(Options.ImageSize, Options.ImageSize);
        return (picture, Label(item, picture));
    }

    /// <summary>A picture's one label: its mask's classes, its lines, or null where it is a sentence, which is drawn anew at each step.</summary>
    private object? Label(DatasetItem item, Picture picture) =>
        item.Captions.Count > 0 ? null
        : item.ReadMask is { } mask ? _masks.Classes(Condition.FromSegment(mask(), source: item.MaskPath))
        : CannyEdges.Find(picture);
}
