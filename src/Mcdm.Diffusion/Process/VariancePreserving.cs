using Mcdm.Diffusion.Schedules;

namespace Mcdm.Diffusion.Process;

/// <summary>The process of MCDM and Ho et al. 2020, from a table of β_t: <c>α² = ᾱ_t = Π (1 − β)</c> and α² + σ² = 1.</summary>
/// <param name="schedule">What the table is made from; checked when a level is first asked for.</param>
public sealed class VariancePreserving(ScheduleDescription schedule) : DiffusionProcess
{
    private readonly Lazy<NoiseSchedule> _table = new(() => NoiseSchedule.Create(schedule));

    /// <summary>A published schedule with its family's own β.</summary>
    /// <param name="kind">The family.</param>
    /// <param name="steps">Noise levels T.</param>
    public VariancePreserving(NoiseScheduleKind kind, int steps) : this(new ScheduleDescription(kind, steps))
    {
    }

    /// <summary>What the table is made from.</summary>
    public ScheduleDescription Schedule => schedule;

    /// <summary>β_t and ᾱ_t.</summary>
    /// <exception cref="McdmException">As for <see cref="NoiseSchedule.Create(ScheduleDescription)"/>.</exception>
    public NoiseSchedule Table => _table.Value;

    /// <inheritdoc/>
    public override int Steps => schedule.Steps;

    /// <inheritdoc/>
    public override NoiseLevel Level(int t) => At(t, Table.AlphaBar(t));

    /// <inheritdoc/>
    public override NoiseLevel LevelOf(double t, double sigma) => At(t, 1 / (1 + sigma * sigma));

    /// <inheritdoc/>
    public override bool Matches(DiffusionProcess other) => other is VariancePreserving same && (same == this || Table.HasBetasOf(same.Table));

    /// <summary>The posterior q(z_s | z_t, z_0), s &lt; t: normal around a mean that is affine in z_0 and z_t.</summary>
    /// <inheritdoc cref="NoiseSchedule.Posterior" path="/returns"/>
    public static (double Z0, double Zt, double Variance, double Beta) Posterior(NoiseLevel t, NoiseLevel s) =>
        NoiseSchedule.Posterior(t.Alpha * t.Alpha, s.Alpha * s.Alpha);

    /// <inheritdoc/>
    public override string ToString() => schedule.ToString();

    private static NoiseLevel At(double t, double alphaBar) => new(t, Math.Sqrt(alphaBar), Math.Sqrt(1 - alphaBar));
}
