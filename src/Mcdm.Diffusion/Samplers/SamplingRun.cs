using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>What the samplers share: where a run starts, its steps, the prediction in its two forms, and who is told.</summary>
internal sealed class SamplingRun(NoisePredictor predictor, SamplingPath path, Func<Tensor> noise, SamplerOptions options,
    PictureStart? picture, Action<SamplingStep>? onStep, IStepCorrector? corrector, CancellationToken cancellation)
{
    private int _done;
    private Tensor? _agreement, _firstNoise;

    /// <summary>Standard normal noise for the batch.</summary>
    public Tensor Noise() => noise();

    /// <summary>The steps that are taken.</summary>
    public IReadOnlyList<LevelStep> Steps { get; } = picture is null ? path.Steps : [.. path.Steps.TakeLast(picture.StepsOf(path.Steps.Count))];

    /// <summary>Where the first step begins: noise, or z_t of the pictures that the run starts from.</summary>
    public Tensor Start()
    {
        var first = Noise();
        if (picture is null) { return path.StartDeviation == 1 ? first : path.StartDeviation * first; }
        _firstNoise = first;
        return GaussianProcess.Diffuse(picture.Z0, first, Steps[0].From.AlphaBar);
    }

    /// <summary>Δσ/σ of a step in variance-exploding coordinates, σ² = (1−ᾱ)/ᾱ, as the integral log σ_t/σ_s. From σ = ∞, where all experts' ε are z itself, it counts as 0.</summary>
    public static double RelativeStep(LevelStep step)
    {
        double t = step.From.AlphaBar, s = step.To.AlphaBar;
        return s == 1 || t == 0 ? 0 : 0.5 * Math.Log((1 - t) / t * s / (1 - s));
    }

    /// <summary>Whether z_s moves on at its level.</summary>
    public bool LeavesPath => options.LangevinSteps > 0;

    /// <summary>Predicts at (z, t), lets <paramref name="next"/> make z_s from (ẑ_0, ε), and tells the watcher. Gives z's memory back.</summary>
    public Tensor Step(Tensor z, NoiseLevel t, Func<Tensor, Tensor, Tensor> next)
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var prediction = predictor(z, t);
        var (z0, epsilon) = Clipped(z, t, prediction);
        _agreement = prediction.Agreement?.MoveToOuterDisposeScope();
        onStep?.Invoke(new SamplingStep(_done + 1, Steps.Count, Kept(z0, NoiseLevel.Clean)));
        var result = next(z0, epsilon);
        _done++;
        z.Dispose();
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Puts back what a mask keeps, lets the corrector resample z_s and Langevin steps move it; the end has no density to do so by.</summary>
    public Tensor Arrive(Tensor z, LevelStep step, double factor, Action<Tensor>? alsoTake = null)
    {
        using var agreement = _agreement;
        z = KeptIn(z, step.To);
        if (step.IsLast) { return z; }
        if (corrector?.AfterStep(factor, agreement!) is { } places)
        {
            using var indices = tensor(places, device: z.device);
            alsoTake?.Invoke(indices);
            z = Take(z, indices);
            if (_firstNoise is not null) { _firstNoise = Take(_firstNoise, indices); }
        }
        for (int k = 0; k < options.LangevinSteps; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var moved = Langevin.Step(z, Clipped(z, step.To, predictor(z, step.To)).Epsilon, Noise(), step.To.AlphaBar);
            z.Dispose();
            z = Kept(moved, step.To).MoveToOuterDisposeScope();
        }
        return z;
    }

    /// <summary>The samples at some places; gives x's memory back.</summary>
    public static Tensor Take(Tensor x, Tensor places)
    {
        var taken = x.index_select(0, places);
        x.Dispose();
        return taken;
    }

    private Tensor Kept(Tensor z, NoiseLevel level) => picture?.Mask is null ? z : picture.Keep(z, _firstNoise!, level.AlphaBar);

    /// <summary>As <see cref="Kept"/>; gives z's memory back where it makes another.</summary>
    private Tensor KeptIn(Tensor z, NoiseLevel level)
    {
        if (picture?.Mask is null) { return z; }
        using var scope = NewDisposeScope();
        var kept = Kept(z, level).MoveToOuterDisposeScope();
        z.Dispose();
        return kept;
    }

    /// <summary>The guess of z_0, inside −1…1 where pictures are, and the noise that goes with it.</summary>
    private (Tensor Z0, Tensor Epsilon) Clipped(Tensor z, NoiseLevel t, NoisePrediction predicted)
    {
        var z0 = GaussianProcess.Denoised(predicted.Kind, predicted.Value, z, t.AlphaBar);
        bool clips = options.ClipDenoised || options.Threshold is not null;
        if (!clips || options.KeepNoise)
        {
            return (clips ? Inside(z0) : z0, GaussianProcess.Noise(predicted.Kind, predicted.Value, z, t.AlphaBar));
        }
        z0 = Inside(z0);
        return (z0, GaussianProcess.NoiseOf(z0, z, t.AlphaBar));
    }

    private Tensor Inside(Tensor z0) => options.Threshold is { } threshold ? threshold.Apply(z0) : z0.clamp(-1, 1);
}
