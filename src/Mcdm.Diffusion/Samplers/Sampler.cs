using Mcdm.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// From noise to z_0. Each sampler is a loop over noise levels t → s (s &lt; t; the last s is 0, ᾱ_0 = 1, unless the spacing says otherwise).
/// </summary>
public static class Sampler
{
    /// <summary>Runs a sampler.</summary>
    /// <param name="predictor">ε(z_t, t).</param>
    /// <param name="schedule">The schedule the predictor was trained with.</param>
    /// <param name="noise">Standard normal noise, float32 [batch, channels, height, width]: z_T first, then what the sampler adds.</param>
    /// <param name="options">Which sampler, how many steps.</param>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="corrector">Weighs and resamples the batch between steps, by the agreement that the predictor then gives; null for plain sampling.</param>
    /// <param name="picture">What the run starts from, and perhaps keeps; null to start from noise alone.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <returns>z_0, float32 [batch, channels, height, width].</returns>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    /// <exception cref="McdmException">More steps than the schedule has, or a number out of range.</exception>
    public static Tensor Sample(NoisePredictor predictor, NoiseSchedule schedule, Func<Tensor> noise, SamplerOptions options,
        Action<SamplingStep>? onStep = null, IStepCorrector? corrector = null, PictureStart? picture = null, CancellationToken cancellation = default)
    {
        options.Check(schedule);
        picture?.Check();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var run = new SamplingRun(predictor, SamplingPath.Of(schedule, options), noise, options, picture, onStep, corrector, cancellation);
        return (options.Sampler switch
        {
            SamplerKind.DpmSolver => DpmSolver.Sample(run, options.FirstOrder, options.SecondOrderEnd),
            SamplerKind.Ddim => Ddim.Sample(run, options.Eta),
            SamplerKind.Ddpm => Ddpm.Sample(run, options.PosteriorVariance, noiseAboveFirst: options.Spacing is not null),
            SamplerKind.Euler => Euler.Sample(run),
            SamplerKind.EulerAncestral => EulerAncestral.Sample(run),
            _ => throw new InvalidOperationException($"No sampler for {options.Sampler}."),
        }).MoveToOuterDisposeScope();
    }
}
