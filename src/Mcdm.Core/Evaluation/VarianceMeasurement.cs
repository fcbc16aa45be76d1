using Mcdm.Datasets;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>
/// How much each expert of a model leaves open of pictures: (z_0 − D_i)² at noise levels even in λ, as means over each Haar band. An expert needs pictures
/// with its own label alone.
/// </summary>
/// <param name="model">The model; its unconditional expert is measured with all pictures.</param>
/// <param name="count">Pictures of each expert, at most.</param>
/// <param name="levels">Noise levels, 2 or more.</param>
/// <param name="seed">Seed of the noise.</param>
public sealed class VarianceMeasurement(Model model, int count, int levels, long seed)
{
    /// <summary>Where pictures tell an expert's levels apart from the next: from hardly any signal to hardly any noise.</summary>
    private const double FirstLambda = -5, LastLambda = 4;

    /// <summary>Pictures that go through a network together.</summary>
    private const int BatchSize = 16;

    /// <summary>A residual that is exactly 0 would weigh without limit.</summary>
    private const double Smallest = 1e-12;

    /// <summary>Told of the expert, and of its pictures done, and in all.</summary>
    public Action<string, int, int>? Progress { get; init; }

    /// <summary>Measures all experts.</summary>
    /// <param name="datasets">Pictures; those that have an expert's label count for it.</param>
    /// <param name="cancellation">Stops between two evaluations.</param>
    /// <exception cref="McdmException"><c>DatasetLacksModality</c>; or a picture or label cannot be read.</exception>
    public VarianceTable Run(IReadOnlyList<PictureDataset> datasets, CancellationToken cancellation = default)
    {
        model.RequireLoaded();
        var experts = new Dictionary<string, IReadOnlyList<BandVariances>>();
        var pictures = new Dictionary<string, int>();
        foreach (var expert in model.Experts)
        {
            // Of several datasets that have its label each gives as many.
            var having = datasets.Select(dataset => dataset.With(expert.Modality, expert.Name)).Where(found => found.Count > 0).ToList();
            var items = having.SelectMany(found => found.Take((count + having.Count - 1) / having.Count)).Take(count).ToList();
            if (items.Count == 0)
            {
                throw new McdmException("DatasetLacksModality", ErrorKind.InvalidData,
                    $"None of the datasets' {datasets.Sum(dataset => dataset.Pictures)} pictures has what the {expert.Name} expert reads "
                        + $"({expert.Modality?.Source ?? "images"}).");
            }
            string name = expert.Modality is null ? VarianceTable.Unconditional : expert.Name;
            experts[name] = Measure(expert, items, cancellation);
            pictures[name] = items.Count;
        }
        return new VarianceTable { Experts = experts, Pictures = pictures, Autoencoder = model.Space.Autoencoder };
    }

    private List<BandVariances> Measure(Expert expert, List<DatasetItem> items, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var space = model.Space;
        int scales = HaarBands.ScalesOf(space.Height, space.Width);
        var at = Levels(space.Process);
        var sums = at.ConvertAll(_ => new double[HaarBands.Count(scales)]);
        using var generator = new Generator(unchecked((ulong)seed));
        int done = 0;
        foreach (var batch in items.Chunk(BatchSize))
        {
            using var batchScope = NewDisposeScope();
            var pictures = batch.Select(item => item.ReadPicture(space.PictureWidth, space.PictureHeight)).ToList();
            var compositions = batch.Zip(pictures, (item, picture) => new Composition([expert],
                expert.Modality is { } modality ? [modality.ConditionOf(item, picture, expert.Name).For(expert.Name)] : [])).ToList();
            using var composer = new Composer(compositions);
            var clean = stack(pictures.Select(PictureTensor.ToTensor)).to(model.Device);
            if (model.Codec is { } codec) { clean = codec.Encode(clean); }
            foreach (var (level, sum) in at.Zip(sums))
            {
                cancellation.ThrowIfCancellationRequested();
                using var levelScope = NewDisposeScope();
                var z = level.Diffuse(clean, randn(clean.shape, generator: generator).to(clean.device));
                var predicted = composer.Predict(z, level);
                var guess = predicted.Kind.Denoised(expert.Modality is null ? predicted.Unconditional : predicted.Conditional[0], z, level);
                var bands = HaarBands.Split(clean - guess, scales);
                double share = (double)batch.Length / items.Count;
                for (int band = 0; band < sum.Length; band++) { sum[band] += share * bands[band].square().mean().ToDouble(); }
            }
            compositions.ForEach(composition => composition.Dispose());
            Progress?.Invoke(expert.Name, done += batch.Length, items.Count);
        }
        return at.Zip(sums, (level, sum) => new BandVariances(level.Lambda, sum.Select(value => Math.Max(value, Smallest)).ToArray()))
            .OrderBy(level => level.Lambda).ToList();
    }

    /// <summary>Levels of the process at even steps of λ, those that it has.</summary>
    private List<NoiseLevel> Levels(DiffusionProcess process)
    {
        var all = Enumerable.Range(1, process.Steps).Select(t => process.Level(t)).Where(level => level.Alpha > 0).ToList();
        return Enumerable.Range(0, levels).Select(i => FirstLambda + (LastLambda - FirstLambda) * i / Math.Max(1, levels - 1))
            .Select(lambda => all.MinBy(level => Math.Abs(level.Lambda - lambda))).DistinctBy(level => level.T).ToList();
    }
}
