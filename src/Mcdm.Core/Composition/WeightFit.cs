using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>How weights are fitted.</summary>
public sealed record WeightFitOptions
{
    /// <summary>Pictures of the dataset that are used, its first.</summary>
    public int Pictures { get; init; } = 64;

    /// <summary>Noise levels that weights are fitted at, spread evenly.</summary>
    public int Levels { get; init; } = 25;

    /// <summary>Pull towards 1 where there is as much noise as signal, as a share of each modality's own ⟨δ_i, δ_i⟩; it grows with the noise.</summary>
    public double Ridge { get; init; } = 0.1;

    /// <summary>Seed of the noise.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Pictures that go through the networks together.</summary>
    public int BatchSize { get; init; } = 8;
}

/// <summary>Fits reliability weights to a model: what its experts predict for pictures whose noise is known.</summary>
/// <param name="experts">The model's experts; one of them unconditional.</param>
/// <param name="model">The model's name.</param>
/// <param name="options">How.</param>
public sealed class WeightFit(IReadOnlyList<IExpert> experts, string model, WeightFitOptions options)
{
    /// <summary>Where the experts compute.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Told after every batch: batches done, and batches in all.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Fits the weights of all modalities that the experts have.</summary>
    /// <param name="items">Pictures that have every modality's label.</param>
    /// <param name="cancellation">Stops between two evaluations.</param>
    /// <exception cref="McdmException">A picture or label cannot be read.</exception>
    public WeightCalibration Run(IReadOnlyList<DatasetItem> items, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var space = experts[0].Space;
        return Run(items.Select(item =>
        {
            var picture = PictureResize.ToSize(PictureResize.Flatten(item.ReadPicture()), space.Width, space.Height, ResizeKind.Smooth);
            IReadOnlyList<Condition> conditions = Modalities().Select(modality => item.ConditionOf(modality, picture)).ToList();
            return (PictureTensor.ToTensor(picture), conditions);
        }).ToList(), cancellation);
    }

    /// <summary>Fits the weights of all modalities that the experts have.</summary>
    /// <param name="pictures">Pictures with every modality's condition: float32 [3, height, width] in −1…1, and one condition of each modality.</param>
    /// <param name="cancellation">Stops between two evaluations.</param>
    public WeightCalibration Run(IReadOnlyList<(Tensor Picture, IReadOnlyList<Condition> Conditions)> pictures, CancellationToken cancellation = default)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var modalities = Modalities();
        var space = experts[0].Space;
        var schedule = NoiseSchedule.Create(space.Schedule, space.Steps);
        int[] levels = schedule.Respace(Math.Min(options.Levels, space.Steps)).Where(level => level > 0).Order().ToArray();
        var (products, targets) = (levels.Select(_ => new double[modalities.Count * modalities.Count]).ToArray(), levels.Select(_ => new double[modalities.Count]).ToArray());
        using var generator = new Generator(unchecked((ulong)options.Seed));
        var batches = pictures.Chunk(options.BatchSize).ToList();
        for (int done = 0; done < batches.Count; done++)
        {
            using var batchScope = NewDisposeScope();
            // A superposition never does without ε_u.
            var weighted = batches[done].Select(entry => new WeightedExperts(experts, entry.Conditions, combiner: CombinerKind.Superposition)).ToList();
            using var composer = new Composer(weighted);
            var clean = stack(batches[done].Select(entry => entry.Picture)).to(Device);
            for (int k = 0; k < levels.Length; k++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var levelScope = NewDisposeScope();
                double alphaBar = schedule.AlphaBar(levels[k]);
                var noise = randn(clean.shape, generator: generator).to(clean.device);
                var predictions = composer.Predict(Math.Sqrt(alphaBar) * clean + Math.Sqrt(1 - alphaBar) * noise, levels[k]);
                var unconditional = predictions[^1].Noise;
                var target = noise - unconditional;
                var deltas = predictions.SkipLast(1).Select(prediction => prediction.Noise - unconditional).ToList();
                for (int i = 0; i < deltas.Count; i++)
                {
                    targets[k][i] += Mean(deltas[i], target) * batches[done].Length / pictures.Count;
                    for (int j = 0; j < deltas.Count; j++) { products[k][i * deltas.Count + j] += Mean(deltas[i], deltas[j]) * batches[done].Length / pictures.Count; }
                }
            }
            foreach (var picture in weighted) { picture.Dispose(); }
            Progress?.Invoke(done + 1, batches.Count);
        }
        return new WeightCalibration
        {
            Model = model,
            Modalities = modalities,
            Pictures = pictures.Count,
            Ridge = options.Ridge,
            Levels = levels.Select((level, k) => new CalibrationLevel(level, (1 - schedule.AlphaBar(level)) / schedule.AlphaBar(level), products[k], targets[k])).ToList(),
        };
    }

    private List<Modality> Modalities() => experts.Select(expert => expert.Modality).OfType<Modality>().Order().ToList();

    private static double Mean(Tensor a, Tensor b) => (a * b).to(ScalarType.Float64).mean().ToDouble();
}
