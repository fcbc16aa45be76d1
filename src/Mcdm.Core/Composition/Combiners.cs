using Mcdm.Sampling;
using static TorchSharp.torch;

namespace Mcdm.Composition;

/// <summary>The ways to combine predictions that users can name.</summary>
public enum CombinerKind
{
    /// <summary>ε_u + Σ w_i (ε_i − ε_u): equation (12) of MCDM with weights, the product of the experts' densities.</summary>
    Product,

    /// <summary>The product with shares that keep the densities of all experts equal: SuperDiff's AND (Skreta et al. 2025).</summary>
    Superposition,

    /// <summary>Σ w_i ε_i / Σ w_i at every pixel: Collaborative Diffusion (Huang et al. 2023) with given maps.</summary>
    Mixture,
}

/// <summary>Chooses the factors β_j by which predictions are added, ε_c = Σ β_j ε_j; they sum to one at every pixel.</summary>
internal interface ICombiner
{
    /// <summary>The factors at z_t, one tensor a prediction, which its noise can be multiplied by.</summary>
    IReadOnlyList<Tensor> Factors(Tensor z, int t, IReadOnlyList<Prediction> predictions);
}

/// <summary>What the combiners share.</summary>
internal static class Combiners
{
    /// <summary>The combiner of a run.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="schedule">The noise schedule of the experts.</param>
    /// <param name="sampling">The sampler that asks for predictions.</param>
    public static ICombiner Create(CombinerKind kind, NoiseSchedule schedule, SamplerOptions sampling) => kind switch
    {
        CombinerKind.Product => new ProductCombiner(),
        CombinerKind.Mixture => new MixtureCombiner(),
        CombinerKind.Superposition => new SuperpositionCombiner(schedule, schedule.Respace(sampling.Steps)),
        _ => throw new McdmException("CombinerUnknown", ErrorKind.InvalidArgument, $"'{kind}' is no combiner; there are: {string.Join(", ", Enum.GetNames<CombinerKind>())}."),
    };

    /// <summary>Refuses combiners with samplers that they cannot work with.</summary>
    /// <exception cref="McdmException"><c>CombinerSampler</c>.</exception>
    public static void Check(CombinerKind kind, SamplerOptions sampling, ParticleOptions particles)
    {
        if (kind != CombinerKind.Superposition) { return; }
        bool stochastic = sampling.Sampler == SamplerKind.Ddpm || (sampling.Sampler == SamplerKind.Ddim && sampling.Eta == 1);
        if (!stochastic || sampling.LangevinSteps > 0 || particles.Particles > 1)
        {
            throw new McdmException("CombinerSampler", ErrorKind.InvalidArgument,
                "Superposition follows the experts' densities along a path with the reverse process's own noise: it needs the sampler Ddpm, or Ddim with η = 1, without Langevin steps and particles.");
        }
    }

    /// <summary>Whether ε_u takes part; its network need not run where it never counts.</summary>
    /// <param name="kind">How the predictions will be combined.</param>
    /// <param name="terms">The conditional experts.</param>
    /// <exception cref="McdmException"><c>MixtureWeight</c>: shares of a mixture that are negative or all 0.</exception>
    public static bool NeedsUnconditional(CombinerKind kind, IReadOnlyList<ExpertTerm> terms)
    {
        if (terms.Count == 0) { return true; }
        if (kind == CombinerKind.Mixture)
        {
            bool negative = terms.Any(term => term.Number < 0 || term.Schedules.Any(schedule => schedule.Points.Any(point => point.Weight < 0)));
            if (negative || terms.All(term => term.Number == 0))
            {
                throw new McdmException("MixtureWeight", ErrorKind.InvalidArgument, "The weights of a mixture are shares: none may be negative, and one must be above 0.");
            }
            return !terms.Any(term => term.IsConstant && term.Number > 0);
        }
        // One condition of weight 1 leaves nothing of ε_u.
        return kind == CombinerKind.Superposition || !terms.All(term => term.IsConstant) || terms.Aggregate(1.0, (rest, term) => rest - term.Number) != 0;
    }

    /// <summary>One less the factors of the conditional experts, picture by picture: what is left for ε_u.</summary>
    public static Tensor Rest(Tensor z, IReadOnlyList<Prediction> conditional, IReadOnlyList<Tensor> factors)
    {
        bool maps = factors.Any(factor => factor.shape[^1] > 1);
        var rest = ones([z.shape[0], 1, maps ? z.shape[2] : 1, maps ? z.shape[3] : 1], device: z.device);
        foreach (var (prediction, factor) in conditional.Zip(factors)) { prediction.Term.AddTo(rest, -factor); }
        return rest;
    }

    /// <summary>The conditional factors, and after them what they leave to ε_u where it takes part.</summary>
    public static IReadOnlyList<Tensor> WithRest(Tensor z, IReadOnlyList<Prediction> predictions, IReadOnlyList<Tensor> conditionalFactors)
    {
        if (predictions[^1] is not { IsUnconditional: true } last) { return conditionalFactors; }
        return [.. conditionalFactors, last.Term.Take(Rest(z, predictions.SkipLast(1).ToList(), conditionalFactors))];
    }
}
