using Mcdm.Diffusion.Schedules;
using static System.FormattableString;

namespace Mcdm.Diffusion.Samplers;

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
        schedule.Respace(Steps);
    }
}
