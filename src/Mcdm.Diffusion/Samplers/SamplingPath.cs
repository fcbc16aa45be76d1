using Mcdm.Diffusion.Schedules;

namespace Mcdm.Diffusion.Samplers;

/// <summary>The steps of a run from noise to z_0, and how noisy it begins.</summary>
public sealed class SamplingPath
{
    /// <summary>What samplers that divide by √ᾱ take for ᾱ = 0, as other programs do.</summary>
    private const double LeastAlphaBar = 1.0 / (1 << 24);

    private const double KarrasExponent = 7;

    private SamplingPath(IReadOnlyList<NoiseLevel> from, IReadOnlyList<NoiseLevel> to)
    {
        Steps = from.Zip(to, (t, s) => (t, s)).Select((pair, i) => new LevelStep(pair.t, pair.s, i == from.Count - 1)).ToList();
    }

    /// <summary>The steps, in order.</summary>
    public IReadOnlyList<LevelStep> Steps { get; }

    /// <summary>Deviation of the noise that a run starts from.</summary>
    public double StartDeviation { get; private init; } = 1;

    /// <summary>The path of a sampler.</summary>
    /// <param name="schedule">The schedule whose levels are visited.</param>
    /// <param name="options">Which sampler, how many steps, how they are spread.</param>
    /// <exception cref="McdmException"><c>StepsOutOfRange</c>: more steps than the schedule has, or steps beyond its levels.</exception>
    public static SamplingPath Of(NoiseSchedule schedule, SamplerOptions options)
    {
        bool bySigma = options.Sampler is SamplerKind.DpmSolver or SamplerKind.Euler or SamplerKind.EulerAncestral;
        NoiseLevel At(int t) => new(t, bySigma && schedule.AlphaBar(t) == 0 ? LeastAlphaBar : schedule.AlphaBar(t));
        var own = schedule.Respace(options.Steps).Select(At).ToList();
        if (options.Spacing is not { } spacing) { return new SamplingPath(own[..^1], own[1..]); }

        bool euler = options.Sampler is SamplerKind.Euler or SamplerKind.EulerAncestral;
        var rule = euler ? SpacingRule.Between : options.Sampler == SamplerKind.DpmSolver ? SpacingRule.OneMore : SpacingRule.Whole;
        var end = spacing.EndsAtFirst ? schedule.Level(1) : NoiseLevel.Clean;
        var timesteps = spacing.Timesteps(schedule.Steps, options.Steps, rule);
        double[] sigmas = bySigma ? [.. Enumerable.Range(1, schedule.Steps).Select(t => At(t).Sigma)] : [];
        var from = spacing.Karras && bySigma ? Spread(sigmas, options.Steps, !euler, sigma => Math.Pow(sigma, 1 / KarrasExponent), place => Math.Pow(place, KarrasExponent))
            : spacing.LogSnr && bySigma ? Spread(sigmas, options.Steps, !euler, Math.Log, Math.Exp)
            : euler ? [.. timesteps.Select(t => NoiseLevel.OfSigma(t + 1, Between(sigmas, t)))]
            : timesteps.Select(t => t < schedule.Steps ? At((int)t + 1) : throw Beyond(t, schedule, options)).ToList();
        if (options.Sampler == SamplerKind.Ddim)
        {
            // DDIM steps T/n down from each t, whether or not that is where the next step begins.
            int stride = schedule.Steps / options.Steps;
            return new SamplingPath(from, timesteps.Select(t => t >= stride ? At((int)t - stride + 1) : end).ToList());
        }
        if (bySigma && from.Zip(from.Skip(1)).Any(pair => !euler && pair.First.AlphaBar >= pair.Second.AlphaBar)) { throw Beyond(timesteps[0], schedule, options); }
        bool likeNoiseAlone = options.Sampler is SamplerKind.Ddpm or SamplerKind.DpmSolver || spacing.Kind == SpacingKind.Leading;
        return new SamplingPath(from, [.. from.Skip(1), end]) { StartDeviation = likeNoiseAlone ? 1 : Math.Sqrt(1 - from[0].AlphaBar) };
    }

    private static McdmException Beyond(double t, NoiseSchedule schedule, SamplerOptions options) => new("StepsOutOfRange", ErrorKind.InvalidArgument,
        $"{options.Steps} steps of {options.Sampler} begin at timestep {t} with {options.Spacing!.Kind.ToString().ToLowerInvariant()} spacing and an offset of {options.Spacing.Offset}, which this model's schedule of {schedule.Steps} levels does not allow; take fewer.");

    /// <summary>σ between two levels of the table, linear in t (from 0); the last beyond its end.</summary>
    private static double Between(double[] sigmas, double t)
    {
        int below = Math.Min((int)t, sigmas.Length - 1), above = Math.Min(below + 1, sigmas.Length - 1);
        return sigmas[below] + (sigmas[above] - sigmas[below]) * (t - Math.Floor(t));
    }

    /// <summary>Levels that are even on a scale of σ over all of the table: σ^(1/7) of Karras et al. 2022, equation 5, or log σ = −λ. t is where log σ lies in the table, linear between two levels.</summary>
    private static List<NoiseLevel> Spread(double[] sigmas, int steps, bool whole, Func<double, double> scale, Func<double, double> sigmaAt)
    {
        double least = scale(sigmas[0]), most = scale(sigmas[^1]);
        return Enumerable.Range(0, steps).Select(i =>
        {
            double sigma = sigmaAt(most + (steps == 1 ? 0 : (double)i / (steps - 1)) * (least - most));
            int below = Math.Clamp(Array.FindLastIndex(sigmas, other => other <= sigma), 0, sigmas.Length - 2);
            double t = below + Math.Clamp(Math.Log(sigma / sigmas[below]) / Math.Log(sigmas[below + 1] / sigmas[below]), 0, 1);
            return NoiseLevel.OfSigma((whole ? Math.Round(t) : t) + 1, sigma);
        }).ToList();
    }
}
