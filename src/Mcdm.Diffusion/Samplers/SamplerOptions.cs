using System.Text.Json.Serialization;
using Mcdm.Diffusion.Schedules;
using static System.FormattableString;

namespace Mcdm.Diffusion.Samplers;

/// <summary>How a sampler runs.</summary>
public sealed record SamplerOptions
{
    /// <summary>Which sampler.</summary>
    public SamplerKind Sampler { get; init; } = SamplerKind.DpmSolver;

    /// <summary>Network evaluations along the path, 1…T. The default is the fewest that DPM-Solver++ needs with the embedded model (docs/evaluations.md).</summary>
    public int Steps { get; init; } = 15;

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

    /// <summary>Steps that suit networks of others, which name a sampler at most.</summary>
    internal const int StepsOfOthers = 25;

    private const int MostLangevinSteps = 1000;

    /// <summary>Keep each guess of z_0 inside −1…1, where pictures are.</summary>
    public bool ClipDenoised { get; init; } = true;

    /// <summary>Dynamic thresholding of each guess of z_0, in place of clipping; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DynamicThreshold? Threshold { get; init; }

    /// <summary>Whether ε stays as predicted where the guess of z_0 is clipped, as in some other programs, rather than follow it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool KeepNoise { get; init; }

    /// <summary>The levels as other programs choose them; null for Mcdm's own (<see cref="NoiseSchedule.Respace"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public StepSpacing? Spacing { get; init; }

    /// <summary>Whether DPM-Solver++ takes steps of first order alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FirstOrder { get; init; }

    /// <summary>Whether a run of DPM-Solver++ that is under 15 steps and ends at a level with noise ends in second order.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SecondOrderEnd { get; init; }

    /// <summary>
    /// φ, 0…1: how much of a composition's deviation, which weights over 1 blow up, is brought back to what it is without them (Lin et al. 2024, section 3.4);
    /// 0 leaves it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double GuidanceRescale { get; init; }

    /// <summary>These settings for a space whose z is no picture: latents have no range that they must stay in.</summary>
    public SamplerOptions ForLatents() => this with { ClipDenoised = false, Threshold = null };

    /// <summary>Refuses what no sampler can do.</summary>
    /// <param name="schedule">The schedule whose levels are visited.</param>
    /// <exception cref="McdmException"><c>SamplerUnknown</c>, <c>EtaOutOfRange</c>, <c>SpacingInvalid</c>, <c>LangevinStepsOutOfRange</c>, <c>GuidanceRescaleOutOfRange</c>, <c>ThresholdOutOfRange</c> or <c>StepsOutOfRange</c>.</exception>
    public void Check(NoiseSchedule schedule)
    {
        if (!Enum.IsDefined(Sampler))
        {
            throw new McdmException("SamplerUnknown", ErrorKind.InvalidArgument, $"Unknown sampler '{Sampler}'; there are: {string.Join(", ", Enum.GetNames<SamplerKind>())}.");
        }
        if (Eta is not (>= 0 and <= 1))
        {
            throw new McdmException("EtaOutOfRange", ErrorKind.InvalidArgument, Invariant($"η = {Eta} is out of range; it goes from 0 (deterministic) to 1."));
        }
        if (LangevinSteps is < 0 or > MostLangevinSteps)
        {
            throw new McdmException("LangevinStepsOutOfRange", ErrorKind.InvalidArgument, $"{LangevinSteps} Langevin steps were asked for; each level takes 0 to {MostLangevinSteps}.");
        }
        if (GuidanceRescale is not (>= 0 and <= 1))
        {
            throw new McdmException("GuidanceRescaleOutOfRange", ErrorKind.InvalidArgument, Invariant($"φ = {GuidanceRescale} is out of range; the rescale of guidance goes from 0 (none) to 1."));
        }
        if (Spacing is { } spacing && (!Enum.IsDefined(spacing.Kind) || spacing.Offset < 0 || spacing.Offset > schedule.Steps))
        {
            throw new McdmException("SpacingInvalid", ErrorKind.InvalidArgument, $"Steps with {spacing.Kind} spacing and an offset of {spacing.Offset} mean nothing; there are: {string.Join(", ", Enum.GetNames<SpacingKind>())}, and an offset is 0 to {schedule.Steps}.");
        }
        Threshold?.Check();
        SamplingPath.Of(schedule, this);
    }
}
