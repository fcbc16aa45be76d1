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

    /// <summary>The combiner with what it has to know of a model's experts; itself where that is nothing.</summary>
    /// <param name="variances">The model's table; null where it has none.</param>
    /// <param name="experts">Names of the experts that take part.</param>
    /// <param name="autoencoder">Identity of the space's autoencoder; null for pixels.</param>
    /// <param name="height">Rows of z.</param>
    /// <param name="width">Columns of z.</param>
    /// <exception cref="McdmException"><c>VariancesMissing</c>.</exception>
    public virtual Combiner Prepared(VarianceTable? variances, IReadOnlyList<string> experts, string? autoencoder, int height, int width) => this;

    /// <summary>The rule of a run.</summary>
    /// <param name="steps">The steps that its sampler takes.</param>
    public abstract ICompositionRule RuleOf(IReadOnlyList<LevelStep> steps);

    /// <summary>Refuses settings out of range, and processes, samplers and particles that it does not go with.</summary>
    /// <exception cref="McdmException">
    /// <c>CombinerParticles</c>, <c>CombinerSampler</c>, <c>CombinerSchedule</c>, <c>GuidanceRescaleOutOfRange</c> or <c>EasingOutOfRange</c>.
    /// </exception>
    public void Check(DiffusionProcess process, SamplerOptions sampling, ParticleOptions particles)
    {
        CheckSettings(process, sampling);
        if (particles.Particles > 1 && !DrivesParticles)
        {
            throw new McdmException("CombinerParticles", ErrorKind.InvalidArgument,
                $"Particles are weighed by how far the combiner Product strays from the product of densities; {Name} goes another way. "
                    + "Take Product, or 1 particle.");
        }
    }

    /// <summary>Whether it drives the process whose particles' weights are known (<see cref="ParticleFilter"/>): that of (12).</summary>
    private protected virtual bool DrivesParticles => false;

    /// <summary>Refuses settings out of range, and processes and samplers that it does not go with.</summary>
    private protected virtual void CheckSettings(DiffusionProcess process, SamplerOptions sampling)
    {
    }

    /// <summary>The combiner with another φ (<see cref="WeightedSum.Rescale"/>).</summary>
    /// <param name="rescale">φ, 0…1.</param>
    /// <exception cref="McdmException"><c>GuidanceRescaleOutOfRange</c>, or <c>CombinerRescale</c>: it has none that could be other than 0.</exception>
    public virtual Combiner WithRescale(double rescale)
    {
        RequireRescale(rescale);
        return rescale == 0 ? this : throw new McdmException("CombinerRescale", ErrorKind.InvalidArgument,
            $"The rescale of guidance belongs to combiners that add weighted predictions, as Product does; {Name} has no weights over 1 that it could undo.");
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
