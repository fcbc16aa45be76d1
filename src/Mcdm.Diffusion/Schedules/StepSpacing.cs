using System.Text.Json.Serialization;

namespace Mcdm.Diffusion.Schedules;

/// <summary>Where the steps of a shorter run lie (Lin et al. 2024, table 2).</summary>
public enum SpacingKind
{
    /// <summary>Back from T, evenly: the first step is the noisiest level.</summary>
    Trailing,

    /// <summary>On from the first level, evenly: the noisiest levels are left out.</summary>
    Leading,

    /// <summary>From the first level to T, both among them.</summary>
    Linspace,

    /// <summary>
    /// Mcdm's own: T, then from where there is a signal, close together where predictions change (<see cref="SignalLevels"/>). For DPM-Solver++ and Euler.
    /// </summary>
    Signal,
}

/// <summary>How a sampler spreads its levels.</summary>
public enum SpacingRule
{
    /// <summary>n levels, rounded to whole ones: DDIM and DDPM.</summary>
    Whole,

    /// <summary>The upper n of n + 1 levels: DPM-Solver++.</summary>
    OneMore,

    /// <summary>n levels, which may lie between those of the schedule: Euler.</summary>
    Between,
}

/// <summary>
/// The levels of a shorter run where they are not even in t (<see cref="Process.DiffusionProcess.Respace"/>): as other programs choose them, needed to draw
/// their pictures again, whose t begin at 0, one below ours; or <see cref="SpacingKind.Signal"/>.
/// </summary>
/// <param name="Kind">Where the steps lie.</param>
public sealed record StepSpacing(SpacingKind Kind)
{
    /// <summary>Added to each t of <see cref="SpacingKind.Leading"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Offset { get; init; }

    /// <summary>Whether the last step ends at the first level, ᾱ_1, rather than at the clean picture, ᾱ = 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool EndsAtFirst { get; init; }

    /// <summary>Whether σ, and not t, is spread: evenly in σ^(1/7) (Karras et al. 2022, equation 5). For DPM-Solver++ and Euler.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Karras { get; init; }

    /// <summary>
    /// Whether λ, half the log of the signal-to-noise ratio, is spread evenly, and not t (Lu et al. 2022, section 4). For DPM-Solver++ and Euler.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LogSnr { get; init; }

    /// <summary>
    /// Whether σ is spread as the quantiles of a beta distribution with a = b = 0.6, close together at both ends (Lee et al. 2024). For DPM-Solver++ and Euler.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Beta { get; init; }

    /// <summary>The t themselves, from 0 and falling, one for each step, in place of <see cref="Kind"/>; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<double>? Given { get; init; }

    /// <summary>The σ/α themselves, falling, one for each step; null for none. For samplers that take levels between those of the schedule.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<double>? GivenSigmas { get; init; }

    /// <summary>Whether t of levels that are spread so is cut off, and not rounded, where a sampler takes whole ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CutsOff { get; init; }

    /// <summary>The t of a run in order of use, counted from 0 as those programs do.</summary>
    /// <param name="levels">Noise levels T of the schedule.</param>
    /// <param name="count">Steps n.</param>
    /// <param name="rule">How the sampler spreads them.</param>
    public IReadOnlyList<double> Timesteps(int levels, int count, SpacingRule rule)
    {
        if (Given is not null) { return Given; }
        int spread = rule == SpacingRule.OneMore ? count + 1 : count;
        var steps = Enumerable.Range(0, count);
        return Kind switch
        {
            SpacingKind.Leading => steps.Select(i => (double)(levels / spread * (spread - 1 - i) + Offset)).ToList(),
            SpacingKind.Trailing => steps.Select(i => Math.Round(levels + i * (levels - (double)levels / count - levels)) - 1).ToList(),
            SpacingKind.Linspace => steps.Select(i => At(spread - 1 - i)).ToList(),
            // Not spread in t.
            SpacingKind.Signal => [],
            _ => throw new InvalidOperationException($"Unknown spacing {Kind}."),
        };

        double At(int place)
        {
            double t = spread == 1 ? 0 : place == spread - 1 ? levels - 1 : place * ((levels - 1.0) / (spread - 1));
            return rule == SpacingRule.Between ? (float)t : Math.Round(t);
        }
    }
}
