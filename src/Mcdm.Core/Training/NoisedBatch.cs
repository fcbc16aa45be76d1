using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>
/// A batch under the forward process at random noise levels, and the loss of predictions from it: equation (3), in the unit of what is predicted.
/// </summary>
/// <param name="Z">z_t, [batch, channels, height, width].</param>
/// <param name="T">Noise levels t, 1…T, [batch].</param>
/// <param name="Target">What is to be predicted, of Z's shape.</param>
/// <param name="Weight">By which each row's error is multiplied, [batch, 1, 1, 1]; null for 1.</param>
internal sealed record NoisedBatch(Tensor Z, Tensor T, Tensor Target, Tensor? Weight)
{
    /// <summary>Draws levels and noise; the seed and the step decide.</summary>
    /// <param name="z0">Pictures or latents, [batch, channels, height, width].</param>
    /// <param name="step">Steps done before this one.</param>
    /// <param name="options">How to train.</param>
    /// <param name="process">Whose levels are drawn.</param>
    public static NoisedBatch At(Tensor z0, int step, TrainingOptions options, DiffusionProcess process)
    {
        using var generator = new Generator(Seeds.NoiseOfStep(options.Seed, step));
        var noise = randn(z0.shape, generator: generator);
        var t = NoiseLevels(z0.shape[0], options, generator);
        var levels = t.data<long>().Select(level => process.Level((int)level)).ToList();
        var (alpha, sigma) = (OfRows(levels, level => level.Alpha), OfRows(levels, level => level.Sigma));
        // E‖x̂ − z_0‖²/σ² is the loss of v but for a factor of ᾱ; with the bound it does not grow where there is hardly any noise.
        var weight = options.Prediction == PredictionKind.Sample ? 1 / sigma.square().clamp_min(options.LossFloor * options.LossFloor) : null;
        return new NoisedBatch(alpha * z0 + sigma * noise, t, options.Prediction.Target(z0, noise, alpha, sigma), weight);
    }

    private static Tensor OfRows(List<NoiseLevel> levels, Func<NoiseLevel, double> number) =>
        tensor(levels.ConvertAll(level => (float)number(level)).ToArray()).reshape(-1, 1, 1, 1);

    /// <summary>Its tensors on a device, in their order, and those of other things that a step learns from.</summary>
    public Tensor?[] With(Device device, params IEnumerable<Tensor?> others) =>
        [.. new[] { Z, T, Target, Weight }.Concat(others).Select(tensor => tensor?.to(device))];

    /// <summary>Of what <see cref="With"/> gave, the batch and the others.</summary>
    public static (NoisedBatch Noised, Tensor?[] Others) Of(Tensor?[] tensors) => (new(tensors[0]!, tensors[1]!, tensors[2]!, tensors[3]), tensors[4..]);

    /// <summary>Mean over the batch of the weighted squared error.</summary>
    /// <param name="prediction">The network's prediction, of Z's shape, on its device.</param>
    public Tensor Loss(Tensor prediction)
    {
        var error = (prediction.to(ScalarType.Float32) - Target).square();
        return (Weight is null ? error : error * Weight).mean();
    }

    /// <summary>
    /// Noise levels 1…T with density t^<see cref="TrainingOptions.TimestepBias"/>, one from each of the batch's equally
    /// likely slices of that range: less variance than independent ones (Kingma et al. 2021).
    /// </summary>
    internal static Tensor NoiseLevels(long count, TrainingOptions options, Generator generator)
    {
        var position = ((arange(count) + rand([count], generator: generator)) / count).pow(1 / (1 + options.TimestepBias));
        return (position * options.NoiseLevels).floor().clamp(0, options.NoiseLevels - 1).to(ScalarType.Int64) + 1;
    }
}
