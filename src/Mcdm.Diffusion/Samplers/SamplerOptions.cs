using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;

namespace Mcdm.Diffusion.Samplers;

/// <summary>How a sampler runs.</summary>
public sealed record SamplerOptions
{
    /// <summary>Which sampler.</summary>
    public Sampler Sampler { get; init; } = new DpmSolver();

    /// <summary>
    /// Network evaluations along the path, 1…T. The default is the fewest that DPM-Solver++ needs with the embedded model (docs/evaluations.md).
    /// </summary>
    public int Steps { get; init; } = 15;

    /// <summary>
    /// Unadjusted Langevin steps at every level that a step arrives at but the last, 0…1000 (Du et al. 2023): they draw z_s towards the
    /// density whose score the predictor is, at one evaluation each.
    /// </summary>
    public int LangevinSteps { get; init; }

    /// <summary>Evaluations of the predictor in a whole run.</summary>
    internal int Evaluations => Sampler.Evaluations(Steps) + LangevinSteps * (Steps - 1);

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

    /// <summary>The levels as other programs choose them; null for Mcdm's own (<see cref="DiffusionProcess.Respace"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public StepSpacing? Spacing { get; init; }

    /// <summary>These settings for a space whose z is no picture: latents have no range that they must stay in.</summary>
    public SamplerOptions ForLatents() => this with { ClipDenoised = false, Threshold = null };

    /// <summary>These settings with another η, where the sampler has one.</summary>
    /// <exception cref="McdmException"><c>EtaOutOfRange</c>.</exception>
    public SamplerOptions WithEta(double eta) => this with { Sampler = Sampler.WithEta(eta) };

    /// <summary>Refuses what no sampler can do.</summary>
    /// <param name="process">The process whose levels are visited.</param>
    /// <exception cref="McdmException">
    /// <c>EtaOutOfRange</c>, <c>SamplerProcess</c>, <c>SpacingInvalid</c>, <c>LangevinStepsOutOfRange</c>, <c>ThresholdOutOfRange</c> or
    /// <c>StepsOutOfRange</c>.
    /// </exception>
    public void Check(DiffusionProcess process)
    {
        Sampler.Check(process);
        if (LangevinSteps is < 0 or > MostLangevinSteps)
        {
            throw new McdmException("LangevinStepsOutOfRange", ErrorKind.InvalidArgument,
                $"{LangevinSteps} Langevin steps were asked for; each level takes 0 to {MostLangevinSteps}.");
        }
        if (Spacing is { } spacing && (!Enum.IsDefined(spacing.Kind) || spacing.Offset < 0 || spacing.Offset > process.Steps))
        {
            throw new McdmException("SpacingInvalid", ErrorKind.InvalidArgument,
                $"Steps with {spacing.Kind} spacing and an offset of {spacing.Offset} mean nothing; there are: "
                + $"{string.Join(", ", Enum.GetNames<SpacingKind>())}, and an offset is 0 to {process.Steps}.");
        }
        if (Spacing?.Kind == SpacingKind.Signal && !Sampler.DividesByAlpha)
        {
            throw new McdmException("SpacingInvalid", ErrorKind.InvalidArgument,
                $"{SpacingKind.Signal} spacing lies between levels of the schedule, where {Sampler} cannot step; DpmSolver and Euler can.");
        }
        Threshold?.Check();
        SamplingPath.Of(process, this);
    }
}
