using System.Text.Json.Serialization;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using static System.FormattableString;

namespace Mcdm.Diffusion.Composition;

/// <summary>
/// A way to make one prediction of several. A combiner says which terms it asks for, whether it needs ε_u, what it refuses, and the rule that combines one run.
/// </summary>
[JsonConverter(typeof(CombinerJson))]
public abstract record Combiner : INamedKind
{
    /// <summary>What users call it.</summary>
    [JsonIgnore]
    public string Name => GetType().Name;

    /// <summary>What it combines.</summary>
    [JsonIgnore]
    public virtual TermKind Terms => TermKind.Alone;

    /// <summary>Whether ε_u takes part; its network need not run where it never counts.</summary>
    /// <param name="weights">The weights of a picture's terms; without any, ε_u stands alone.</param>
    /// <exception cref="McdmException">Weights that mean nothing here.</exception>
    public bool NeedsUnconditional(IReadOnlyList<TermWeight> weights) => weights.Count == 0 || LeavesUnconditional(weights);

    /// <summary>Whether something is left of ε_u beside at least one term.</summary>
    private protected abstract bool LeavesUnconditional(IReadOnlyList<TermWeight> weights);

    /// <summary>The rule of a run.</summary>
    /// <param name="steps">The steps that its sampler takes.</param>
    public abstract ICompositionRule RuleOf(IReadOnlyList<LevelStep> steps);

    /// <summary>Refuses settings out of range, and processes, samplers and particles that it does not go with.</summary>
    /// <exception cref="McdmException"><c>CombinerSampler</c>, <c>CombinerSchedule</c> or <c>GuidanceRescaleOutOfRange</c>.</exception>
    public virtual void Check(DiffusionProcess process, SamplerOptions sampling, ParticleOptions particles)
    {
    }

    /// <summary>The combiner with another φ (<see cref="Product.Rescale"/>).</summary>
    /// <param name="rescale">φ, 0…1.</param>
    /// <exception cref="McdmException"><c>GuidanceRescaleOutOfRange</c>, or <c>CombinerRescale</c>: it has none that could be other than 0.</exception>
    public virtual Combiner WithRescale(double rescale)
    {
        RequireRescale(rescale);
        return rescale == 0 ? this : throw new McdmException("CombinerRescale", ErrorKind.InvalidArgument,
            $"The rescale of guidance belongs to the combiner Product; {Name} has no weights over 1 that it could undo.");
    }

    private protected static void RequireRescale(double rescale)
    {
        if (rescale is not (>= 0 and <= 1))
        {
            throw new McdmException("GuidanceRescaleOutOfRange", ErrorKind.InvalidArgument,
                Invariant($"φ = {rescale} is out of range; the rescale of guidance goes from 0 (none) to 1."));
        }
    }

    /// <summary>A combiner by its name, with its usual settings.</summary>
    /// <exception cref="McdmException"><c>CombinerUnknown</c>.</exception>
    public static Combiner Parse(string name) => CombinerRegistry.All.Named(name)
        ?? throw new McdmException("CombinerUnknown", ErrorKind.InvalidArgument, $"Unknown combiner '{name}'; there are: {CombinerRegistry.All.Names()}.");

    /// <inheritdoc/>
    public sealed override string ToString() => Name;
}
