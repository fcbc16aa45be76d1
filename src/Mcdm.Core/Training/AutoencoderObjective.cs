using Mcdm.Datasets;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Runtime;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>An autoencoder: squares of pictures are to come back from their latents although noise was added to these. No label is looked at.</summary>
internal sealed class AutoencoderObjective : Objective
{
    /// <summary>Pictures over which the latents' mean and deviation are taken.</summary>
    private const int StatisticsPictures = 1024;
    private const int StatisticsBatch = 16;

    private readonly TrainingOptions _options;
    private readonly AutoencoderTraining _training;
    private readonly TrainedCodec? _start;
    private readonly IReadOnlyList<DatasetItem> _items;
    private readonly ShuffledItems<Picture> _pictures;
    private Autoencoder? _network;

    /// <param name="dataset">The pictures.</param>
    /// <param name="options">How to train.</param>
    /// <param name="start">The space whose decoder is trained on; null for a new space.</param>
    /// <exception cref="McdmException">A size does not fit, or a decoder is to be trained and no space was given.</exception>
    public AutoencoderObjective(PictureDataset dataset, TrainingOptions options, TrainedCodec? start)
    {
        (_options, _training, _start, _items) = (options, options.Autoencoder!, start, dataset.Items);
        if (_training.Network.Problem() is { } problem)
        {
            throw new McdmException("NetworkLevels", ErrorKind.InvalidArgument, $"The autoencoder cannot be made: {problem}.");
        }
        int factor = _training.Network.Factor;
        if (options.ImageSize % factor != 0 || _training.CropSize % factor != 0 || _training.CropSize > options.ImageSize)
        {
            throw new McdmException("ImageSizeIndivisible", ErrorKind.InvalidArgument,
                $"Pictures of {options.ImageSize} and squares of {_training.CropSize} pixels do not fit an autoencoder of factor {factor}; both are "
                    + $"multiples of {factor}, and squares no larger than pictures.");
        }
        _pictures = new ShuffledItems<Picture>(_items, options, ShuffledItems<Picture>.PictureBytes(options), Read);
    }

    /// <inheritdoc/>
    public override string Name => "autoencoder";

    /// <inheritdoc/>
    public override IEnumerable<string> Labels => _training.DecoderOnly ? [_start?.Identity ?? ""] : [];

    /// <inheritdoc/>
    public override string OtherLabels => "latents of another space";

    /// <inheritdoc/>
    public override IReadOnlyList<DatasetItem> Items => _items;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outcome => SpacePack.Files;

    /// <inheritdoc/>
    public override SeenPicture See(DatasetItem item) => new(item.Name, Read(item), []);

    private Picture Read(DatasetItem item) => item.ReadPicture(_options.ImageSize, _options.ImageSize);

    private Autoencoder Network => _network ?? throw new InvalidOperationException("The network has not been made.");

    /// <inheritdoc/>
    public override nn.Module CreateNetwork(TrainedExpert? from)
    {
        if (from is not null)
        {
            throw new McdmException("InitializeFromMismatch", ErrorKind.InvalidArgument,
                $"An autoencoder cannot start from the {from} expert: it is a network of another kind.");
        }
        _network = Autoencoder.Create(_training.Network, _options.Seed);
        if (_training.DecoderOnly)
        {
            using var noGradient = no_grad();
            foreach (var (target, source) in ModuleWeights.Of(_network).Zip(ModuleWeights.Of(_start!.Network))) { target.Tensor.copy_(source.Tensor); }
            foreach (var parameter in _network.EncoderLayers.SelectMany(layer => layer.parameters())) { parameter.requires_grad_(false); }
        }
        return _network;
    }

    /// <summary>
    /// Absolute and squared error of the pixels, and the absolute error of their differences to the right and downwards, which makes flat places flat.
    /// </summary>
    public override Tensor Loss(int step, Device device)
    {
        var random = new Random(Seeds.LabelsOfStep(_options.Seed, step));
        var pictures = stack(_pictures.Batch(step).Select(entry => PictureTensor.ToTensor(Square(entry.Entry, random)))).to(device);
        using var generator = new Generator(Seeds.NoiseOfStep(_options.Seed, step));
        var latents = Network.Encode(pictures);
        if (_training.DecoderOnly) { latents = latents.detach(); }
        var noise = randn(latents.shape, generator: generator).to(device);
        var error = Network.Decode(latents + _training.LatentNoise * noise) - pictures;
        return error.abs().mean() + 2 * error.square().mean() + error.diff(dim: 2).abs().mean() + error.diff(dim: 3).abs().mean();
    }

    /// <inheritdoc/>
    public override void Write(string folder, IEnumerable<(string Name, Tensor Tensor)> weights, TrainingSummary summary)
    {
        var values = Written(weights);
        var (mean, deviation) = _training.DecoderOnly ? (_start!.Mean, _start.Deviation) : Statistics(values);
        SpacePack.Write(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), new SpaceDescription
        {
            Format = SpaceDescription.CurrentFormat,
            Network = _training.Network,
            ImageSize = _options.ImageSize,
            Mean = mean,
            Deviation = deviation,
            Training = summary,
        }, values);
    }

    /// <summary>
    /// What is not trained is written as it was read: the network's own copy may have been rounded to bfloat16, and latents would then mean something
    /// else.
    /// </summary>
    private List<(string Name, Tensor Tensor)> Written(IEnumerable<(string Name, Tensor Tensor)> weights)
    {
        if (!_training.DecoderOnly) { return weights.ToList(); }
        var kept = ModuleWeights.Of(Network).Where(weight => !weight.Tensor.requires_grad).Select(weight => weight.Name).ToHashSet();
        var read = ModuleWeights.Of(_start!.Network).ToDictionary(weight => weight.Name, weight => weight.Tensor);
        return weights.Select(weight => kept.Contains(weight.Name) ? (weight.Name, read[weight.Name]) : weight).ToList();
    }

    /// <summary>Mean and deviation of each channel of the raw latents of whole pictures.</summary>
    private (IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation) Statistics(IReadOnlyList<(string Name, Tensor Tensor)> weights)
    {
        using var noGradient = no_grad();
        using var network = Autoencoder.Create(_training.Network);
        foreach (var (target, source) in ModuleWeights.Of(network).Zip(weights)) { target.Tensor.copy_(source.Tensor); }
        int count = Math.Min(StatisticsPictures, _items.Count);
        var chosen = Enumerable.Range(0, count).Select(i => _pictures[(int)((long)i * _items.Count / count)]);
        var (sum, squares, number) = (zeros(_training.Network.LatentChannels, dtype: ScalarType.Float64),
            zeros(_training.Network.LatentChannels, dtype: ScalarType.Float64), 0L);
        foreach (var batch in chosen.Chunk(StatisticsBatch))
        {
            using var scope = NewDisposeScope();
            var latents = network.Encode(stack(batch.Select(PictureTensor.ToTensor))).to(ScalarType.Float64);
            sum.add_(latents.sum([0, 2, 3]));
            squares.add_(latents.square().sum([0, 2, 3]));
            number += latents.numel() / latents.shape[1];
        }
        using (sum)
        using (squares)
        {
            double[] mean = sum.data<double>().Select(value => value / number).ToArray();
            double[] deviation = squares.data<double>().Zip(mean, (square, m) => Math.Sqrt(Math.Max(0, square / number - m * m)))
                .Select(value => Math.Max(value, 1e-6)).ToArray();
            return (mean, deviation);
        }
    }

    /// <summary>A square at random, at even columns and rows.</summary>
    private Picture Square(Picture picture, Random random)
    {
        int places = (picture.Width - _training.CropSize) / 2 + 1;
        return PictureCrop.Crop(picture, 2 * random.Next(places), 2 * random.Next(places), _training.CropSize, _training.CropSize);
    }
}
