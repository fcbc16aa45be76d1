using Mcdm.Datasets;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>How weights are fitted.</summary>
public sealed record WeightFitOptions
{
    /// <summary>Pictures of the dataset that are used, its first.</summary>
    public int Pictures { get; init; } = 64;

    /// <summary>Noise levels that weights are fitted at, spread evenly.</summary>
    public int Levels { get; init; } = 25;

    /// <summary>Pull towards 1 where there is as much noise as signal, as a share of each expert's own ⟨δ_i, δ_i⟩; it grows with the noise.</summary>
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

    /// <summary>Fits the weights of all experts of conditions.</summary>
    /// <param name="items">Pictures that have what every expert reads.</param>
    /// <param name="cancellation">Stops between two evaluations.</param>
    /// <exception cref="McdmException">A picture or label cannot be read.</exception>
    public WeightCalibration Run(IReadOnlyList<DatasetItem> items, CancellationToken cancellation = default)
    {
        var space = experts[0].Space;
        return Run(items, item =>
        {
            var picture = item.ReadPicture(space.PictureWidth, space.PictureHeight);
            return (PictureTensor.ToTensor(picture), Conditional().Select(expert => expert.Modality!.ConditionOf(item, picture, expert.Name).For(expert.Name)).ToList());
        }, cancellation);
    }

    /// <summary>Fits the weights of all experts of conditions.</summary>
    /// <param name="pictures">Pictures with a condition for every expert: float32 [3, height, width] in −1…1, and the conditions.</param>
    /// <param name="cancellation">Stops between two evaluations.</param>
    public WeightCalibration Run(IReadOnlyList<(Tensor Picture, IReadOnlyList<Condition> Conditions)> pictures, CancellationToken cancellation = default) =>
        Run(pictures, entry => entry, cancellation);

    /// <summary>As above, for pictures that are loaded batch by batch.</summary>
    private WeightCalibration Run<T>(IReadOnlyList<T> entries, Func<T, (Tensor Picture, IReadOnlyList<Condition> Conditions)> load, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var conditional = Conditional();
        int n = conditional.Count;
        var space = experts[0].Space;
        var schedule = space.Noise;
        int[] levels = schedule.Respace(Math.Min(options.Levels, space.Schedule.Steps)).Where(level => level > 0).Order().ToArray();
        // Of each level the products of δ_1 … δ_N and ε − ε_u with each other, as means over all numbers.
        var sums = levels.Select(_ => zeros(n + 1, n + 1, dtype: ScalarType.Float64, device: Device)).ToArray();
        using var generator = new Generator(unchecked((ulong)options.Seed));
        var batches = entries.Chunk(options.BatchSize).ToList();
        for (int done = 0; done < batches.Count; done++)
        {
            using var batchScope = NewDisposeScope();
            var batch = batches[done].Select(load).ToList();
            // A superposition never does without ε_u.
            var weighted = batch.Select(entry => new Composition(experts, entry.Conditions, combiner: CombinerKind.Superposition)).ToList();
            using var composer = new Composer(weighted);
            var pictures = stack(batch.Select(entry => entry.Picture)).to(Device);
            var clean = Codec is null ? pictures : Codec.Encode(pictures);
            for (int k = 0; k < levels.Length; k++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var levelScope = NewDisposeScope();
                var level = schedule.Level(levels[k]);
                var noise = randn(clean.shape, generator: generator).to(clean.device);
                var predictions = composer.Predict(GaussianProcess.Diffuse(clean, noise, level.AlphaBar), level);
                var apart = cat([predictions.Differences(), (noise - predictions.Unconditional).unsqueeze(0)]).to(ScalarType.Float64).flatten(1);
                sums[k].add_(apart.matmul(apart.t()) * ((double)batch.Count / entries.Count / apart.shape[1]));
            }
            foreach (var picture in weighted) { picture.Dispose(); }
            Progress?.Invoke(done + 1, batches.Count);
        }
        return new WeightCalibration
        {
            Model = model,
            Experts = conditional.ConvertAll(expert => expert.Name),
            Pictures = entries.Count,
            Ridge = options.Ridge,
            Levels = levels.Select((level, k) => new CalibrationLevel(
                level, (1 - schedule.AlphaBar(level)) / schedule.AlphaBar(level), Values(sums[k].narrow(0, 0, n).narrow(1, 0, n)), Values(sums[k].narrow(0, 0, n).narrow(1, n, 1)))).ToList(),
        };
    }

    /// <summary>The experts of conditions, in the order in which a composition has them.</summary>
    private List<IExpert> Conditional() => experts.Where(expert => expert.Modality is not null).OrderBy(expert => expert.Modality!.Order).ThenBy(expert => expert.Name, StringComparer.OrdinalIgnoreCase).ToList();

    private static double[] Values(Tensor values) => values.flatten().cpu().data<double>().ToArray();
}
