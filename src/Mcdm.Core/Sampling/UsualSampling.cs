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
    /// <summary>One condition or none.</summary>
    private static readonly SamplerOptions s_single = new();

    /// <summary>
    /// Several conditions: what their experts add up to changes most where there is little noise, and levels even in log-SNR lie closer there.
    /// </summary>
    private static readonly SamplerOptions s_several = new() { Spacing = new StepSpacing(SpacingKind.Trailing) { LogSnr = true } };

    /// <summary>The settings for a composition: the model's own, else by how many conditions there are.</summary>
    /// <param name="model">What is sampled with.</param>
    /// <param name="conditions">What a picture follows; those of weight 0 might as well be left out.</param>
    /// <param name="sampler">The sampler that is asked for; null for the usual one.</param>
    /// <param name="steps">The steps that are asked for; null for the usual number.</param>
    /// <param name="fromPicture">Whether sampling starts from a picture: how much of it stays is measured in even steps.</param>
    public static SamplerOptions For(Model model, IReadOnlyList<Condition> conditions, Sampler? sampler = null, int? steps = null, bool fromPicture = false)
    {
        bool isSpread = conditions.Count(condition => condition.Weight != 0) > 1 && !fromPicture && sampler is (null or DpmSolver);
        var usual = model.Sampling ?? (isSpread ? s_several : s_single);
        // A model's own settings of the sampler that is asked for are kept.
        bool isUsual = sampler is null || sampler.GetType() == usual.Sampler.GetType();
        return usual with { Sampler = isUsual ? usual.Sampler : sampler!, Steps = steps ?? usual.Steps };
    }
}
