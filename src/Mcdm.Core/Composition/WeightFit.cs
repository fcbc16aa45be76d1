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
    public double Ridge { get; init; } = 1;

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
    /// <summary>Gives pictures as the experts' latents; null for experts of pixels.</summary>
    public LatentCodec? Codec { get; init; }

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
        var space = experts[0].Space;
        return Run(items, item =>
        {
            var picture = item.ReadPicture(space.PictureWidth, space.PictureHeight);
            return (PictureTensor.ToTensor(picture), Modalities().Select(modality => item.ConditionOf(modality, picture)).ToList());
        }, cancellation);
    }

    /// <summary>Fits the weights of all modalities that the experts have.</summary>
    /// <param name="pictures">Pictures with every modality's condition: float32 [3, height, width] in −1…1, and one condition of each modality.</param>
    /// <param name="cancellation">Stops between two evaluations.</param>
    public WeightCalibration Run(IReadOnlyList<(Tensor Picture, IReadOnlyList<Condition> Conditions)> pictures, CancellationToken cancellation = default) =>
        Run(pictures, entry => entry, cancellation);

    /// <summary>As above, for pictures that are loaded batch by batch.</summary>
    private WeightCalibration Run<T>(IReadOnlyList<T> entries, Func<T, (Tensor Picture, IReadOnlyList<Condition> Conditions)> load, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var modalities = Modalities();
        int n = modalities.Count;
        var space = experts[0].Space;
        var schedule = NoiseSchedule.Create(space.Schedule, space.Steps);
        int[] levels = schedule.Respace(Math.Min(options.Levels, space.Steps)).Where(level => level > 0).Order().ToArray();
        // Of each level the products of δ_1 … δ_N and ε − ε_u with each other, as means over all numbers.
        var sums = levels.Select(_ => zeros(n + 1, n + 1, dtype: ScalarType.Float64, device: Device)).ToArray();
        using var generator = new Generator(unchecked((ulong)options.Seed));
        var batches = entries.Chunk(options.BatchSize).ToList();
        for (int done = 0; done < batches.Count; done++)
        {
            using var batchScope = NewDisposeScope();
            var batch = batches[done].Select(load).ToList();
            // A superposition never does without ε_u.
            var weighted = batch.Select(entry => new WeightedExperts(experts, entry.Conditions, combiner: CombinerKind.Superposition)).ToList();
            using var composer = new Composer(weighted);
            var pictures = stack(batch.Select(entry => entry.Picture)).to(Device);
            var clean = Codec is null ? pictures : Codec.Encode(pictures);
            for (int k = 0; k < levels.Length; k++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var levelScope = NewDisposeScope();
                double alphaBar = schedule.AlphaBar(levels[k]);
                var noise = randn(clean.shape, generator: generator).to(clean.device);
                var predictions = composer.Predict(Math.Sqrt(alphaBar) * clean + Math.Sqrt(1 - alphaBar) * noise, levels[k]);
                var apart = stack(predictions.SkipLast(1).Select(prediction => prediction.Noise).Append(noise).Select(values => values - predictions[^1].Noise)).to(ScalarType.Float64).flatten(1);
                sums[k].add_(apart.matmul(apart.t()) * ((double)batch.Count / entries.Count / apart.shape[1]));
            }
            foreach (var picture in weighted) { picture.Dispose(); }
            Progress?.Invoke(done + 1, batches.Count);
        }
        return new WeightCalibration
        {
            Model = model,
            Modalities = modalities,
            Pictures = entries.Count,
            Ridge = options.Ridge,
            Levels = levels.Select((level, k) => new CalibrationLevel(
                level, (1 - schedule.AlphaBar(level)) / schedule.AlphaBar(level), Values(sums[k].narrow(0, 0, n).narrow(1, 0, n)), Values(sums[k].narrow(0, 0, n).narrow(1, n, 1)))).ToList(),
        };
    }

    private List<Modality> Modalities() => experts.Select(expert => expert.Modality).OfType<Modality>().Order().ToList();

    private static double[] Values(Tensor values) => values.flatten().cpu().data<double>().ToArray();
}
