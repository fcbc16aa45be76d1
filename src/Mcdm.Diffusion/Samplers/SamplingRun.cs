using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>One run of a sampler: where it starts, its steps, what is predicted, kept, clipped and resampled on the way, and who is told.</summary>
internal sealed class SamplingRun(NoisePredictor predictor, SamplingPath path, Func<Tensor> noise, SamplerOptions options,
    PictureStart? picture, Action<SamplingStep>? onStep, IStepCorrector? corrector, CancellationToken cancellation)
{
    private readonly IReadOnlyList<LevelStep> _steps = picture is null ? path.Steps : [.. path.Steps.TakeLast(picture.StepsOf(path.Steps.Count))];
    private List<SamplingGuess> _earlier = [];
    private Tensor? _agreement, _firstNoise, _standsAt;

    /// <summary>Standard normal noise for the batch.</summary>
    public Tensor Noise() => noise();

    /// <summary>A level of the process, 1…T.</summary>
    public NoiseLevel LevelAt(int t) => path.Process.Level(t);

    /// <summary>The guess of z_0 and the noise that goes with it, at any z; one more evaluation.</summary>
    public (Tensor Z0, Tensor Epsilon) Guess(Tensor z, NoiseLevel level) => Clipped(z, level, predictor(z, level));

    /// <summary>
    /// The guesses of the steps before, the last one's first, as many as the sampler asks for; none where Langevin steps take z off the path that they lie on.
    /// </summary>
    public IReadOnlyList<SamplingGuess> Earlier => _earlier;

    /// <summary>Steps of the run.</summary>
    public int Count => _steps.Count;

    /// <summary>Steps before this one.</summary>
    public int Done { get; private set; }

    /// <summary>Steps after this one.</summary>
    public int Left => Count - 1 - Done;

    /// <summary>Where the next step begins; null for the last.</summary>
    public NoiseLevel? Next => Left > 0 ? _steps[Done + 1].From : null;

    /// <summary>T.</summary>
    public int Levels => path.Process.Steps;

    /// <summary>What the network predicts.</summary>
    public PredictionKind Kind { get; private set; }

    /// <summary>A level by its σ/α, between those of the process.</summary>
    public NoiseLevel LevelOf(double sigma) => path.LevelOf(sigma);

    /// <summary>What was predicted where a guess was made.</summary>
    public Tensor Predicted(SamplingGuess guess) => Kind switch
    {
        PredictionKind.Noise => guess.Epsilon,
        PredictionKind.Sample => guess.Z0,
        _ => guess.Level.Alpha * guess.Epsilon - guess.Level.Sigma * guess.Z0,
    };

    /// <summary>Says that a step goes on from another z_t than it arrived at, which is remembered with its guess.</summary>
    public void StandsAt(Tensor z) => _standsAt = z;

    /// <summary>From noise, or from the pictures that the run starts from, to z_0.</summary>
    public Tensor Sample()
    {
        var z = Start();
        for (Done = 0; Done < _steps.Count; Done++) { z = Arrive(Step(z, _steps[Done]), _steps[Done]); }
        _earlier.ForEach(guess => guess.Dispose());
        return z;
    }

    private Tensor Start()
    {
        var first = Noise();
        if (picture is null) { return path.StartDeviation == 1 ? first : path.StartDeviation * first; }
        _firstNoise = first;
        if (picture is { FromNoise: true, Strength: 1 }) { return path.StartDeviation * first; }
        return _steps[0].From.Diffuse(picture.Z0, first);
    }

    /// <summary>Predicts at (z, t), tells the watcher, and lets the sampler make z_s. Disposes z.</summary>
    private Tensor Step(Tensor z, LevelStep step)
    {
        cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var prediction = predictor(z, step.From);
        Kind = prediction.Kind;
        var (z0, epsilon) = Clipped(z, step.From, prediction);
        _agreement = prediction.Agreement?.MoveToOuterDisposeScope();
        onStep?.Invoke(new SamplingStep(Done + 1, _steps.Count, Kept(z0, NoiseLevel.Clean)));
        _standsAt = null;
        var next = options.Sampler.Step(z, step.From, step.To, z0, epsilon, this);
        Remember(new SamplingGuess(_standsAt ?? z.alias(), z0, epsilon, step.From), step);
        z.Dispose();
        return next.MoveToOuterDisposeScope();
    }

    private void Remember(SamplingGuess guess, LevelStep step)
    {
        int most = step.IsLast || options.LangevinSteps > 0 ? 0 : options.Sampler.Remembers;
        if (most == 0) { return; }
        foreach (var old in _earlier.Skip(most - 1)) { old.Dispose(); }
        _earlier = [guess.MoveToOuterDisposeScope(), .. _earlier.Take(most - 1)];
    }

    /// <summary>Puts back what a mask keeps, lets the corrector resample z_s and Langevin steps move it; the end has no density to do so by.</summary>
    private Tensor Arrive(Tensor z, LevelStep step)
    {
        using var agreement = _agreement;
        // At the end it is the pictures themselves, also where the last level has a little noise.
        z = KeptIn(z, step.IsLast ? NoiseLevel.Clean : step.To);
        if (step.IsLast) { return z; }
        if (corrector?.AfterStep(options.Sampler.ParticleFactor(step.From, step.To), agreement!) is { } places)
        {
            using var indices = tensor(places, device: z.device);
            _earlier = _earlier.ConvertAll(guess => guess.Change(tensor => tensor.index_select(0, indices)));
            z = Take(z, indices);
            if (_firstNoise is not null) { _firstNoise = Take(_firstNoise, indices); }
        }
        for (int k = 0; k < options.LangevinSteps; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var moved = Langevin.Step(z, Guess(z, step.To).Epsilon, Noise(), step.To);
            z.Dispose();
            z = Kept(moved, step.To).MoveToOuterDisposeScope();
        }
        return z;
    }

    /// <summary>The samples at some places; disposes x.</summary>
    private static Tensor Take(Tensor x, Tensor places)
    {
        var taken = x.index_select(0, places);
        x.Dispose();
        return taken;
    }

    private Tensor Kept(Tensor z, NoiseLevel level) => picture?.Mask is null ? z : picture.Keep(z, _firstNoise!, level);

    /// <summary>As <see cref="Kept"/>; disposes z where it makes another.</summary>
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
        var z0 = predicted.Kind.Denoised(predicted.Value, z, t);
        bool clips = options.ClipDenoised || options.Threshold is not null;
        if (!clips || options.KeepNoise) { return (clips ? Inside(z0) : z0, predicted.Kind.Noise(predicted.Value, z, t)); }
        z0 = Inside(z0);
        return (z0, t.NoiseOf(z0, z));
    }

    private Tensor Inside(Tensor z0) => options.Threshold is { } threshold ? threshold.Apply(z0) : z0.clamp(-1, 1);
}
