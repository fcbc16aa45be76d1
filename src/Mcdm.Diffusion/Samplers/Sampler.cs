using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// A way from noise to z_0: steps over levels t → s (s &lt; t; the last s is the picture, unless the spacing says otherwise). A sampler says how one step is
/// taken and what it needs; <see cref="SamplingRun"/> takes them.
/// </summary>
[JsonConverter(typeof(SamplerJson))]
public abstract record Sampler : INamedKind
{
    /// <summary>What users call it.</summary>
    [JsonIgnore]
    public string Name => GetType().Name;

    /// <summary>z_s.</summary>
    /// <param name="z">z_t, float32 [batch, channels, height, width].</param>
    /// <param name="t">The level of z.</param>
    /// <param name="s">The level that is stepped to.</param>
    /// <param name="z0">The guess of z_0, of z's shape, clipped where pictures are.</param>
    /// <param name="epsilon">The noise that goes with it.</param>
    /// <param name="run">Gives noise, the guess of the step before, and further guesses.</param>
    internal abstract Tensor Step(Tensor z, NoiseLevel t, NoiseLevel s, Tensor z0, Tensor epsilon, SamplingRun run);

    /// <summary>Whether the noise that it adds is the reverse process's own.</summary>
    internal virtual bool IsAncestral => false;

    /// <summary>Whether it has an η that can be chosen (<see cref="WithEta"/>).</summary>
    internal virtual bool TakesEta => false;

    /// <summary>The most guesses of earlier steps that one asks for.</summary>
    internal virtual int Remembers => 0;

    /// <summary>Evaluations of the predictor in a run.</summary>
    /// <param name="steps">Its steps.</param>
    internal virtual int Evaluations(int steps) => steps;

    /// <summary>Whether it divides by α: α = 0 is then as little as other programs take, and levels may be spread by σ/α.</summary>
    internal virtual bool DividesByAlpha => false;

    /// <summary>Whether Karras' levels are taken at whole t although others lie between.</summary>
    internal virtual bool RoundsKarras => false;

    /// <summary>How it spreads the levels of other programs' spacings.</summary>
    internal virtual SpacingRule Spacing => SpacingRule.Whole;

    /// <summary>Whether each of its steps goes T/n down under such a spacing, whether or not that is where the next one begins.</summary>
    internal virtual bool StepsByStride => false;

    /// <summary>The levels that it visits in place of those of a spacing, 1…T, in order of use; null for those of the spacing.</summary>
    /// <param name="levels">T.</param>
    /// <param name="count">Steps.</param>
    /// <param name="given">The t, from 0, that were asked for by number; null for none.</param>
    internal virtual IReadOnlyList<int>? OwnLevels(int levels, int count, IReadOnlyList<double>? given) => null;

    /// <summary>Whether a run over its own levels ends at the first of them, rather than at the clean picture.</summary>
    internal virtual bool EndsAtFirst => false;

    /// <summary>Steps that it usually takes; null for the usual number of others.</summary>
    internal virtual int? UsualSteps => null;

    /// <summary>Deviation of the noise that it starts from under such a spacing.</summary>
    /// <param name="first">The noisiest level.</param>
    /// <param name="kind">The spacing.</param>
    internal virtual double StartDeviation(NoiseLevel first, SpacingKind kind) =>
        Spacing == SpacingRule.Between && kind != SpacingKind.Leading ? first.Sigma : 1;

    /// <summary>
    /// By which a step multiplies how much experts agree: Δσ/σ in variance-exploding coordinates, as the integral log σ_t/σ_s. From σ = ∞, where all experts'
    /// ε are z itself, it counts as 0.
    /// </summary>
    internal virtual double ParticleFactor(NoiseLevel t, NoiseLevel s) => s.IsClean || t.Alpha == 0 ? 0 : s.Lambda - t.Lambda;

    /// <summary>Refuses settings out of range, and processes that it cannot reverse.</summary>
    internal virtual void Check(DiffusionProcess process)
    {
    }

    /// <summary>The sampler with another η; one that has none stays as it is.</summary>
    /// <param name="eta">η, 0…1.</param>
    /// <exception cref="McdmException"><c>EtaOutOfRange</c>.</exception>
    public virtual Sampler WithEta(double eta)
    {
        RequireEta(eta);
        return this;
    }

    private protected void RequireOrder(int order, int most)
    {
        if (order < 1 || order > most)
        {
            throw new McdmException("SamplerOrder", ErrorKind.InvalidArgument, $"{Name} is of order 1 to {most}, not {order}.");
        }
    }

    private protected static void RequireEta(double eta)
    {
        if (eta is not (>= 0 and <= 1))
        {
            throw new McdmException("EtaOutOfRange", ErrorKind.InvalidArgument, Invariant($"η = {eta} is out of range; it goes from 0 (deterministic) to 1."));
        }
    }

    /// <summary>A sampler by its name, with its usual settings.</summary>
    /// <exception cref="McdmException"><c>SamplerUnknown</c>.</exception>
    public static Sampler Parse(string name) => SamplerRegistry.All.Named(name)
        ?? throw new McdmException("SamplerUnknown", ErrorKind.InvalidArgument, $"Unknown sampler '{name}'; there are: {SamplerRegistry.All.Names()}.");

    /// <summary>Runs a sampler.</summary>
    /// <param name="predictor">ε(z_t, t).</param>
    /// <param name="process">The process that the predictor was trained with.</param>
    /// <param name="noise">Standard normal noise, float32 [batch, channels, height, width]: z_T first, then what the sampler adds.</param>
    /// <param name="options">Which sampler, how many steps.</param>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="corrector">Weighs and resamples the batch between steps, by the agreement that the predictor then gives; null for plain sampling.</param>
    /// <param name="picture">What the run starts from, and perhaps keeps; null to start from noise alone.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <returns>z_0, float32 [batch, channels, height, width].</returns>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    /// <exception cref="McdmException">More steps than the process has, or a number out of range.</exception>
    public static Tensor Sample(NoisePredictor predictor, DiffusionProcess process, Func<Tensor> noise, SamplerOptions options,
        Action<SamplingStep>? onStep = null, IStepCorrector? corrector = null, PictureStart? picture = null, CancellationToken cancellation = default)
    {
        options.Check(process);
        picture?.Check();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var run = new SamplingRun(predictor, SamplingPath.Of(process, options), noise, options, picture, onStep, corrector, cancellation);
        return run.Sample().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override string ToString() => Name;
}
