using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Modalities;

namespace Mcdm.Sampling;

/// <summary>
/// How pictures are sampled where a request does not say: the fewest evaluations that lie within the noise of the best (docs/evaluations.md).
/// </summary>
public static class UsualSampling
{
    /// <summary>DPM-Solver++, levels where something happens.</summary>
    private static readonly SamplerOptions s_usual = new() { Steps = 10, Spacing = new StepSpacing(SpacingKind.Signal) };

    /// <summary>Levels even in t: for other samplers.</summary>
    private static readonly SamplerOptions s_even = new();

    /// <summary>The settings for a composition: the model's own, else by its sampler.</summary>
    /// <param name="model">What is sampled with.</param>
    /// <param name="sampler">The sampler that is asked for; null for the usual one.</param>
    /// <param name="steps">The steps that are asked for; null for the usual number.</param>
    /// <param name="fromPicture">Whether sampling starts from a picture: how much of it stays is measured in even steps.</param>
    public static SamplerOptions For(Model model, Sampler? sampler = null, int? steps = null, bool fromPicture = false)
    {
        var usual = model.Sampling ?? (!fromPicture && (sampler is null || sampler.GetType() == typeof(DpmSolver)) ? s_usual : s_even);
        // A model's own settings of the sampler that is asked for are kept.
        bool isUsual = sampler is null || sampler.GetType() == usual.Sampler.GetType();
        return usual with { Sampler = isUsual ? usual.Sampler : sampler!, Steps = steps ?? (isUsual ? null : sampler!.UsualSteps) ?? usual.Steps };
    }

    /// <summary>The rule of composition: the model's own, with its settings also where it is asked for by name; particles correct the product alone.</summary>
    /// <param name="model">What is sampled with.</param>
    /// <param name="combiner">The rule that is asked for; null for the usual one.</param>
    /// <param name="particles">Particles of each picture that are asked for; null for one.</param>
    public static Combiner Combiner(Model model, Combiner? combiner, int? particles) =>
        combiner is not null && combiner.Name != model.Combiner?.Name ? combiner
            : combiner is null && particles > 1 ? new Product() : model.Combiner ?? new Product();

    /// <summary>Conditions with the weights that the model has for what was given none (<see cref="Expert.AloneSchedule"/>).</summary>
    /// <param name="model">What is sampled with.</param>
    /// <param name="conditions">What a picture follows; those of weight 0 might as well be left out.</param>
    public static IReadOnlyList<Condition> Weighted(Model model, IReadOnlyList<Condition> conditions) =>
        conditions.Where(condition => condition.Weight != 0).ToList() is [{ IsWeighted: false } only]
            && model.Experts.Fitting(only) is [{ AloneSchedule: { } usual }]
            ? [.. conditions.Select(condition => condition == only ? only.Weighted(1, usual) : condition)] : conditions;
}
