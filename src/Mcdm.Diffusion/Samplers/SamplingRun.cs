using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>What the samplers share: the levels, the prediction in its two forms, and who is told.</summary>
internal sealed class SamplingRun(NoisePredictor predictor, NoiseSchedule schedule, Func<Tensor> noise, SamplerOptions options,
    Action<SamplingStep>? onStep, IStepCorrector? corrector, CancellationToken cancellation)
{
    private readonly IReadOnlyList<int> _levels = schedule.Respace(options.Steps);
    private int _done;
    private Tensor? _agreement;

    /// <summary>Standard normal noise for the batch.</summary>
    public Tensor Noise() => noise();

    public IEnumerable<(int T, int S)> Levels => _levels.Zip(_levels.Skip(1));

    public double AlphaBar(int t) => schedule.AlphaBar(t);

    /// <summary>Δσ/σ of a step in variance-exploding coordinates, σ² = (1−ᾱ)/ᾱ, as the integral log σ_t/σ_s.</summary>
    public double RelativeStep(int t, int s) => s == 0 ? 0 : 0.5 * Math.Log((1 - AlphaBar(t)) / AlphaBar(t) * AlphaBar(s) / (1 - AlphaBar(s)));

    /// <summary>Whether z_s moves on at its level.</summary>
    public bool LeavesPath => options.LangevinSteps > 0;

    /// <summary>Predicts at (z, t), lets <paramref name="next"/> make z_s from (ẑ_0, ε), and tells the watcher. Gives z's memory back.</summary>
    public Tensor Step(Tensor z, int t, Func<Tensor, Tensor, Tensor> next)
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var prediction = predictor(z, t);
        var (z0, epsilon) = Clipped(z, t, prediction.Noise);
        _agreement = prediction.Agreement?.MoveToOuterDisposeScope();
        onStep?.Invoke(new SamplingStep(_done + 1, options.Steps, z0));
        var result = next(z0, epsilon);
        _done++;
        z.Dispose();
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Lets the corrector resample z_s and Langevin steps move it; the last step, to s = 0, has no density to do so by.</summary>
    public Tensor Arrive(Tensor z, int s, double factor, Action<Tensor>? alsoTake = null)
    {
        using var agreement = _agreement;
        if (s == 0) { return z; }
        if (corrector?.AfterStep(factor, agreement!) is { } places)
        {
            using var indices = tensor(places, device: z.device);
            alsoTake?.Invoke(indices);
            z = Take(z, indices);
        }
        for (int k = 0; k < options.LangevinSteps; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var moved = Langevin.Step(z, Clipped(z, s, predictor(z, s).Noise).Epsilon, Noise(), AlphaBar(s));
            z.Dispose();
            z = moved.MoveToOuterDisposeScope();
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

    /// <summary>The guess of z_0, inside −1…1 where pictures are, and the noise that goes with it.</summary>
    private (Tensor Z0, Tensor Epsilon) Clipped(Tensor z, int t, Tensor predicted)
    {
        var z0 = GaussianProcess.Denoised(predicted, z, AlphaBar(t));
        if (!options.ClipDenoised) { return (z0, predicted); }
        z0 = z0.clamp(-1, 1);
        return (z0, GaussianProcess.NoiseOf(z0, z, AlphaBar(t)));
    }
}
