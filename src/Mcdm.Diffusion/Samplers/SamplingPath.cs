using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;

namespace Mcdm.Diffusion.Samplers;

/// <summary>The steps of a run from noise to z_0, and how noisy it begins.</summary>
public sealed class SamplingPath
{
    /// <summary>What samplers that divide by α take for σ/α = ∞, as other programs do: ᾱ is 2⁻²⁴ there.</summary>
    private static readonly double s_mostSigma = Math.Sqrt((1 << 24) - 1);

    private const double KarrasExponent = 7;

    private SamplingPath(DiffusionProcess process, IReadOnlyList<NoiseLevel> from, IReadOnlyList<NoiseLevel> to)
    {
        Process = process;
        Steps = from.Zip(to, (t, s) => (t, s)).Select((pair, i) => new LevelStep(pair.t, pair.s, i == from.Count - 1)).ToList();
    }

    /// <summary>The process whose levels are visited.</summary>
    public DiffusionProcess Process { get; }

    /// <summary>A level by its σ/α; its t lies between two of the process where log σ does.</summary>
    public NoiseLevel LevelOf(double sigma) =>
        Process.LevelOf(Place(_sigmas ??= [.. Enumerable.Range(1, Process.Steps).Select(t => OfProcess(Process, t).ExplodingSigma)], sigma) + 1, sigma);

    private double[]? _sigmas;

    /// <summary>The steps, in order.</summary>
    public IReadOnlyList<LevelStep> Steps { get; }

    /// <summary>Deviation of the noise that a run starts from.</summary>
    public double StartDeviation { get; private init; } = 1;

    /// <summary>The path of a sampler.</summary>
    /// <param name="process">The process whose levels are visited.</param>
    /// <param name="options">Which sampler, how many steps, how they are spread.</param>
    /// <exception cref="McdmException"><c>StepsOutOfRange</c>: more steps than the process has, or steps beyond its levels.</exception>
    public static SamplingPath Of(DiffusionProcess process, SamplerOptions options)
    {
        var (sampler, steps, rule) = (options.Sampler, options.Steps, options.Sampler.Spacing);
        NoiseLevel At(int t) => sampler.DividesByAlpha ? OfProcess(process, t) : process.Level(t);
        if (options.Spacing is { Given: { } given } && given.Count != steps || options.Spacing is { GivenSigmas: { } those } && those.Count != steps)
        {
            throw new McdmException("SpacingInvalid", ErrorKind.InvalidArgument,
                $"{options.Spacing.Given?.Count ?? options.Spacing.GivenSigmas!.Count} levels were given for {steps} steps; each step begins at one.");
        }
        if (options.Spacing?.Given?.FirstOrDefault(t => t < 0 || t >= process.Steps, -1) is >= 0 and var beyond)
        {
            throw new McdmException("SpacingInvalid", ErrorKind.InvalidArgument,
                $"The timestep {beyond} was given; this model's schedule of {process.Steps} levels has those from 0 to {process.Steps - 1}.");
        }
        if (sampler.OwnLevels(process.Steps, steps, options.Spacing?.Given) is { } chosen)
        {
            var visited = chosen.Select(At).ToList();
            return new SamplingPath(process, visited, [.. visited.Skip(1), sampler.EndsAtFirst ? process.Level(1) : NoiseLevel.Clean]);
        }
        var own = process.Respace(steps).Select(At).ToList();
        if (options.Spacing is not { } spacing) { return new SamplingPath(process, own[..^1], own[1..]); }

        bool between = rule == SpacingRule.Between;
        var end = spacing.EndsAtFirst ? process.Level(1) : NoiseLevel.Clean;
        var timesteps = spacing.Timesteps(process.Steps, steps, rule);
        double[] sigmas = sampler.DividesByAlpha ? [.. Enumerable.Range(1, process.Steps).Select(t => At(t).ExplodingSigma)] : [];
        Func<double, double>? whole = between ? spacing.Karras && sampler.RoundsKarras ? Math.Round : null : spacing.CutsOff ? CutOff : Math.Round;
        // What lies between levels is spread from the first that the spacing names to the last, all else over the whole schedule.
        var (most, least) = sigmas.Length == 0 ? default
            : between && timesteps.Count > 0 ? (Between(sigmas, timesteps[0]), Between(sigmas, timesteps[^1])) : (sigmas[^1], sigmas[0]);
        var spread = !sampler.DividesByAlpha ? null
            : spacing.GivenSigmas is { } listed ? Levels(sigmas, whole, listed)
            : spacing.Given is not null ? between ? timesteps.Select(t => (T: t + 1, Sigma: Between(sigmas, t))).ToList() : null
            : spacing.Kind == SpacingKind.Signal
                ? Levels(sigmas, whole, SignalLevels.Of(-Math.Log(sigmas[^1]), -Math.Log(sigmas[0]), steps).Select(lambda => Math.Exp(-lambda)))
            : spacing.Karras
                ? Levels(sigmas, whole,
                    Even(most, least, steps, sigma => Math.Pow(sigma, 1 / KarrasExponent)).Select(place => Math.Pow(place, KarrasExponent)))
            : spacing.Beta
                ? Levels(sigmas, whole, Even(1, 0, steps, share => share).Select(share => least + BetaDistribution.Quantile(share, 0.6, 0.6) * (most - least)))
            : spacing.LogSnr ? Levels(sigmas, whole, Even(most, least, steps, Math.Log).Select(Math.Exp))
            : between ? timesteps.Select(t => (T: t + 1, Sigma: Between(sigmas, t))).ToList()
            : null;
        var from = spread?.ConvertAll(level => process.LevelOf(level.T, level.Sigma))
            ?? timesteps.Select(t => t < process.Steps ? At((int)t + 1) : throw Beyond(t, process, options)).ToList();
        if (sampler.StepsByStride && spacing is { Given: null, Kind: not SpacingKind.Signal })
        {
            int stride = process.Steps / steps;
            return new SamplingPath(process, from, timesteps.Select(t => t >= stride ? At((int)t - stride + 1) : end).ToList());
        }
        if (sampler.DividesByAlpha && !between && from.Zip(from.Skip(1)).Any(pair => pair.First.Alpha >= pair.Second.Alpha))
        {
            throw Beyond(timesteps[0], process, options);
        }
        return new SamplingPath(process, from, [.. from.Skip(1), end]) { StartDeviation = sampler.StartDeviation(from[0], spacing.Kind) };
    }

    private static McdmException Beyond(double t, DiffusionProcess process, SamplerOptions options) => new("StepsOutOfRange", ErrorKind.InvalidArgument,
        $"{options.Steps} steps of {options.Sampler} begin at timestep {t} with {options.Spacing!.Kind.ToString().ToLowerInvariant()} spacing and an offset of "
        + $"{options.Spacing.Offset}, which this model's schedule of {process.Steps} levels does not allow; take fewer.");

    /// <summary>σ between two levels of the table, linear in t (from 0); the last beyond its end.</summary>
    private static double Between(double[] sigmas, double t)
    {
        int below = Math.Min((int)t, sigmas.Length - 1), above = Math.Min(below + 1, sigmas.Length - 1);
        return sigmas[below] + (sigmas[above] - sigmas[below]) * (t - Math.Floor(t));
    }

    /// <summary>
    /// Places that are even on a scale of σ from the noisiest level to the clearest: σ^(1/7) of Karras et al. 2022, equation 5, or log σ = −λ.
    /// </summary>
    private static IEnumerable<double> Even(double most, double least, int steps, Func<double, double> scale)
    {
        var (first, last) = (scale(most), scale(least));
        return Enumerable.Range(0, steps).Select(i => first + (steps == 1 ? 0 : (double)i / (steps - 1)) * (last - first));
    }

    /// <summary>t without its fraction; rounding in float32 leaves other programs a little under a whole t.</summary>
    private static double CutOff(double t) => Math.Floor(Math.Max(0, t - 1e-6));

    /// <summary>Levels of given σ, and their t: where log σ lies in the table, linear between two levels.</summary>
    private static List<(double T, double Sigma)> Levels(double[] sigmas, Func<double, double>? whole, IEnumerable<double> chosen) => chosen.Select(sigma =>
    {
        double t = Place(sigmas, sigma);
        return ((whole?.Invoke(t) ?? t) + 1, sigma);
    }).ToList();

    /// <summary>Where log σ lies in a table, linear between two places and inside it.</summary>
    private static double Place(double[] sigmas, double sigma)
    {
        int below = Math.Clamp(Array.FindLastIndex(sigmas, other => other <= sigma), 0, sigmas.Length - 2);
        return below + Math.Clamp(Math.Log(sigma / sigmas[below]) / Math.Log(sigmas[below + 1] / sigmas[below]), 0, 1);
    }

    /// <summary>A level for samplers that divide by α.</summary>
    private static NoiseLevel OfProcess(DiffusionProcess process, int t) =>
        process.Level(t) is { Alpha: 0 } ? process.LevelOf(t, s_mostSigma) : process.Level(t);
}
