using static TorchSharp.torch;

namespace Mcdm.Sampling;

/// <summary>ε(z_t, t), however it was composed: float32 [batch, channels, height, width] in and out.</summary>
public delegate Tensor NoisePredictor(Tensor z, int t);

/// <summary>The samplers users can name.</summary>
public enum SamplerKind
{
    /// <summary>DPM-Solver++(2M): second order, the fewest steps (Lu et al. 2022).</summary>
    DpmSolver,

    /// <summary>DDIM with η (Song et al. 2020): first order, deterministic for η = 0.</summary>
    Ddim,

    /// <summary>Ancestral sampling (Ho et al. 2020; MCDM, equation 13).</summary>
    Ddpm,
}

/// <summary>How a sampler runs.</summary>
public sealed record SamplerOptions
{
    /// <summary>Which sampler.</summary>
    public SamplerKind Sampler { get; init; } = SamplerKind.DpmSolver;

    /// <summary>Network evaluations along the path, 1…T.</summary>
    public int Steps { get; init; } = 25;

    /// <summary>DDIM's η: 0 is deterministic, 1 has DDPM's variance.</summary>
    public double Eta { get; init; }

    /// <summary>DDPM's σ_t²: the posterior variance, or β_t where false (Ho et al. 2020, section 3.2).</summary>
    public bool PosteriorVariance { get; init; } = true;

    /// <summary>
    /// Unadjusted Langevin steps at every level that a step arrives at but the last, 0…1000 (Du et al. 2023): they draw z_s towards the
    /// density whose score the predictor is, at one evaluation each.
    /// </summary>
    public int LangevinSteps { get; init; }

    /// <summary>Evaluations of the predictor in a whole run.</summary>
    internal int Evaluations => Steps + LangevinSteps * (Steps - 1);

    private const int MostLangevinSteps = 1000;

    /// <summary>Keep each guess of z_0 inside −1…1, where pictures are.</summary>
    public bool ClipDenoised { get; init; } = true;

    /// <summary>Refuses what no sampler can do.</summary>
    /// <param name="schedule">The schedule whose levels are visited.</param>
    /// <exception cref="McdmException"><c>SamplerUnknown</c>, <c>EtaOutOfRange</c>, <c>LangevinStepsOutOfRange</c> or <c>StepsOutOfRange</c>.</exception>
    public void Check(NoiseSchedule schedule)
    {
        if (!Enum.IsDefined(Sampler))
        {
            throw new McdmException("SamplerUnknown", ErrorKind.InvalidArgument, $"'{Sampler}' is no sampler; there are: {string.Join(", ", Enum.GetNames<SamplerKind>())}.");
        }
        if (Eta is not (>= 0 and <= 1))
        {
            throw new McdmException("EtaOutOfRange", ErrorKind.InvalidArgument, $"η = {Eta} is out of range; it goes from 0 (deterministic) to 1.");
        }
        if (LangevinSteps is < 0 or > MostLangevinSteps)
        {
            throw new McdmException("LangevinStepsOutOfRange", ErrorKind.InvalidArgument, $"{LangevinSteps} Langevin steps were asked for; each level takes 0 to {MostLangevinSteps}.");
        }
        schedule.Respace(Steps);
    }
}

/// <summary>One step of a run, as told to whoever watches it.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Denoised">The current guess of z_0; valid during the call only.</param>
public readonly record struct SamplingStep(int Step, int Steps, Tensor Denoised);

/// <summary>Weighs the samples of a batch after every step, and has some take the place of others.</summary>
public interface IStepCorrector
{
    /// <summary>Called after every step but the last.</summary>
    /// <param name="factor">By which this step multiplies what the corrector measured at its prediction.</param>
    /// <returns>For every place of the batch, the place whose sample it goes on with; null where all stay.</returns>
    long[]? AfterStep(double factor);
}

/// <summary>
/// From noise to z_0. Each sampler is a loop over noise levels t → s (s &lt; t, the last s is 0); ᾱ_0 = 1.
/// </summary>
public static class Samplers
{
    /// <summary>Runs a sampler.</summary>
    /// <param name="predictor">ε(z_t, t).</param>
    /// <param name="schedule">The schedule the predictor was trained with.</param>
    /// <param name="noise">z_T first, then what the sampler adds.</param>
    /// <param name="options">Which sampler, how many steps.</param>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="corrector">Weighs and resamples the batch between steps; null for plain sampling.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <returns>z_0, float32 [batch, channels, height, width].</returns>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    /// <exception cref="McdmException">More steps than the schedule has, or a number out of range.</exception>
    public static Tensor Sample(NoisePredictor predictor, NoiseSchedule schedule, NoiseSource noise, SamplerOptions options,
        Action<SamplingStep>? onStep = null, IStepCorrector? corrector = null, CancellationToken cancellation = default)
    {
        options.Check(schedule);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var run = new Run(predictor, schedule, noise, options, onStep, corrector, cancellation);
        return (options.Sampler switch
        {
            SamplerKind.DpmSolver => DpmSolver(run),
            SamplerKind.Ddim => Ddim(run, options.Eta),
            SamplerKind.Ddpm => Ddpm(run, options.PosteriorVariance),
            _ => throw new InvalidOperationException($"No sampler for {options.Sampler}."),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Equation (13), <c>z_{t-1} = (z_t − β_t/√(1−ᾱ_t) ε_c)/√α_t + σ_t η</c>, written through its guess of z_0 as Ho et al.
    /// (7) do; a respaced run uses the α and β between the levels it visits.
    /// </summary>
    private static Tensor Ddpm(Run run, bool posteriorVariance)
    {
        var z = run.Noise.Next();
        foreach (var (t, s) in run.Levels)
        {
            double alphaBarT = run.AlphaBar(t), alphaBarS = run.AlphaBar(s);
            double alpha = alphaBarT / alphaBarS, beta = 1 - alpha;
            double variance = posteriorVariance ? beta * (1 - alphaBarS) / (1 - alphaBarT) : beta;
            z = run.Step(z, t, (x0, _) =>
            {
                var mean = Math.Sqrt(alphaBarS) * beta / (1 - alphaBarT) * x0 + Math.Sqrt(alpha) * (1 - alphaBarS) / (1 - alphaBarT) * z;
                return s == 0 ? mean : mean + Math.Sqrt(variance) * run.Noise.Next();
            });
            // The kernels N(μ_i, σ²) have the product N(Σ β_i μ_i, σ²) exp((‖Σ β_i μ_i‖² − Σ β_i ‖μ_i‖²)/2σ²), and μ_i = a z − b ε_i.
            double b = beta / Math.Sqrt(alpha * (1 - alphaBarT));
            z = run.Arrive(z, s, b * b / (2 * variance));
        }
        return z;
    }

    /// <summary>Song et al. 2020, equation 12 with σ of equation 16.</summary>
    private static Tensor Ddim(Run run, double eta)
    {
        var z = run.Noise.Next();
        foreach (var (t, s) in run.Levels)
        {
            double alphaBarT = run.AlphaBar(t), alphaBarS = run.AlphaBar(s);
            double sigma = eta * Math.Sqrt((1 - alphaBarS) / (1 - alphaBarT) * (1 - alphaBarT / alphaBarS));
            z = run.Step(z, t, (x0, epsilon) =>
            {
                var next = Math.Sqrt(alphaBarS) * x0 + Math.Sqrt(1 - alphaBarS - sigma * sigma) * epsilon;
                return sigma > 0 ? next + sigma * run.Noise.Next() : next;
            });
            z = run.Arrive(z, s, run.RelativeStep(t, s));
        }
        return z;
    }

    /// <summary>
    /// Lu et al. 2022 (DPM-Solver++), algorithm 2, with λ = log(√ᾱ/√(1−ᾱ)); the last step, to ᾱ = 1, is first order, and so are all
    /// where Langevin steps take z off the path that the last guess lies on.
    /// </summary>
    private static Tensor DpmSolver(Run run)
    {
        var z = run.Noise.Next();
        Tensor? previous = null;
        double previousStep = 0;
        double Lambda(int t) => 0.5 * Math.Log(run.AlphaBar(t) / (1 - run.AlphaBar(t)));
        foreach (var (t, s) in run.Levels)
        {
            z = run.Step(z, t, (x0, _) =>
            {
                if (s == 0) { return x0; }
                double h = Lambda(s) - Lambda(t);
                var denoised = previous is null ? x0 : (1 + h / (2 * previousStep)) * x0 - h / (2 * previousStep) * previous;
                previous?.Dispose();
                previous = run.LeavesPath ? null : x0.MoveToOuterDisposeScope();
                previousStep = h;
                double sigmaT = Math.Sqrt(1 - run.AlphaBar(t)), sigmaS = Math.Sqrt(1 - run.AlphaBar(s));
                return sigmaS / sigmaT * z - Math.Sqrt(run.AlphaBar(s)) * (Math.Exp(-h) - 1) * denoised;
            });
            z = run.Arrive(z, s, run.RelativeStep(t, s), places => previous = previous is null ? null : Run.Take(previous, places));
        }
        return z;
    }

    /// <summary>What the samplers share: the levels, the prediction in its two forms, and who is told.</summary>
    private sealed class Run(NoisePredictor predictor, NoiseSchedule schedule, NoiseSource noise, SamplerOptions options,
        Action<SamplingStep>? onStep, IStepCorrector? corrector, CancellationToken cancellation)
    {
        /// <summary>Size of a Langevin step as a share of the noise's variance: small enough for the curvature 1/(1−ᾱ) that noise leaves a density at most.</summary>
        private const double LangevinStepSize = 0.1;

        private readonly IReadOnlyList<int> _levels = schedule.Respace(options.Steps);
        private int _done;

        public NoiseSource Noise => noise;

        public IEnumerable<(int T, int S)> Levels => _levels.Zip(_levels.Skip(1));

        public double AlphaBar(int t) => schedule.AlphaBar(t);

        /// <summary>Δσ/σ of a step in variance-exploding coordinates, σ² = (1−ᾱ)/ᾱ, as the integral log σ_t/σ_s.</summary>
        public double RelativeStep(int t, int s) => s == 0 ? 0 : 0.5 * Math.Log((1 - AlphaBar(t)) / AlphaBar(t) * AlphaBar(s) / (1 - AlphaBar(s)));

        /// <summary>Whether z_s moves on at its level.</summary>
        public bool LeavesPath => options.LangevinSteps > 0;

        /// <summary>Lets the corrector resample z_s and Langevin steps move it; the last step, to s = 0, has no density to do so by.</summary>
        public Tensor Arrive(Tensor z, int s, double factor, Action<Tensor>? alsoTake = null)
        {
            if (s == 0) { return z; }
            if (corrector?.AfterStep(factor) is { } places)
            {
                using var indices = tensor(places, device: z.device);
                alsoTake?.Invoke(indices);
                z = Take(z, indices);
            }
            for (int k = 0; k < options.LangevinSteps; k++) { z = Langevin(z, s); }
            return z;
        }

        /// <summary><c>z + δ ∇log p_s(z) + √(2δ) η</c>, with ∇log p_s = −ε/√(1−ᾱ_s). Gives z's memory back.</summary>
        private Tensor Langevin(Tensor z, int s)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            double size = LangevinStepSize * (1 - AlphaBar(s));
            var moved = z - size / Math.Sqrt(1 - AlphaBar(s)) * Predict(z, s).Epsilon + Math.Sqrt(2 * size) * noise.Next();
            z.Dispose();
            return moved.MoveToOuterDisposeScope();
        }

        /// <summary>The samples at some places; gives x's memory back.</summary>
        public static Tensor Take(Tensor x, Tensor places)
        {
            var taken = x.index_select(0, places);
            x.Dispose();
            return taken;
        }

        /// <summary>Predicts at (z, t), lets <paramref name="next"/> make z_s from (x̂_0, ε), and tells the watcher. Gives z's memory back.</summary>
        public Tensor Step(Tensor z, int t, Func<Tensor, Tensor, Tensor> next)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (x0, epsilon) = Predict(z, t);
            onStep?.Invoke(new SamplingStep(_done + 1, options.Steps, x0));
            var result = next(x0, epsilon);
            _done++;
            z.Dispose();
            return result.MoveToOuterDisposeScope();
        }

        private (Tensor Denoised, Tensor Epsilon) Predict(Tensor z, int t)
        {
            double signal = Math.Sqrt(AlphaBar(t)), sigma = Math.Sqrt(1 - AlphaBar(t));
            var epsilon = predictor(z, t);
            var x0 = (z - sigma * epsilon) / signal;
            if (!options.ClipDenoised) { return (x0, epsilon); }
            x0 = x0.clamp(-1, 1);
            return (x0, (z - signal * x0) / sigma);
        }
    }
}
