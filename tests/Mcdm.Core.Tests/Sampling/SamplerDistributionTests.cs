using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Sampling;

/// <summary>
/// For Gaussian data every step is affine in z and in the noise it adds, so the variance of what a sampler makes in few
/// steps, far from the data's, is known exactly.
/// </summary>
public sealed class SamplerDistributionTests
{
    private const double Deviation = 0.5;
    private const int Samples = 40_000;
    private static readonly VariancePreserving Linear = new(NoiseScheduleKind.Linear, 1000);

    private static Tensor Run(SamplerOptions options, Action<SamplingStep>? onStep = null)
    {
        using var noise = new NoiseSource([3], [1, 1, Samples]);
        var expert = new GaussianExpert(0, Deviation, space: GaussianExpert.DefaultSpace with { Process = Linear });
        return Sampler.Sample(expert.Predict, Linear, noise.Next, options with { ClipDenoised = false }, onStep);
    }

    /// <summary>Variance after n ancestral steps z_s = c z_t + σ η, from variance 1 at T, for exact ε(z, t) of N(0, s²).</summary>
    private static double AncestralVariance(int steps, bool posterior)
    {
        double variance = 1;
        var levels = Linear.Respace(steps);
        for (int i = 0; i < steps; i++)
        {
            double a = Linear.Table.AlphaBar(levels[i]), b = Linear.Table.AlphaBar(levels[i + 1]), alpha = a / b, beta = 1 - alpha;
            // (13) with ε = √(1−ᾱ) z / (ᾱ s² + 1 − ᾱ).
            double c = (1 - beta / (a * Deviation * Deviation + 1 - a)) / Math.Sqrt(alpha);
            double sigma2 = i == steps - 1 ? 0 : posterior ? beta * (1 - b) / (1 - a) : beta;
            variance = c * c * variance + sigma2;
        }
        return variance;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ddpm_of_few_steps_has_the_variance_of_its_recurrence(bool posterior)
    {
        double expected = AncestralVariance(30, posterior), standardError = expected * Math.Sqrt(2.0 / Samples);
        Assert.True(Math.Abs(expected - AncestralVariance(30, !posterior)) > 10 * standardError, "the two variances can be told apart");
        double actual = Run(new SamplerOptions { Sampler = new Ddpm(posterior), Steps = 30 }).var().ToDouble();
        Assert.InRange(actual, expected - 4 * standardError, expected + 4 * standardError);
    }

    [Fact]
    public void Ddim_with_eta_one_is_ddpm_with_the_posterior_variance_sample_by_sample()
    {
        // Song et al. 2020, section 4.1: the same mean and σ, so the same noise gives the same samples.
        var ddpm = Run(new SamplerOptions { Sampler = new Ddpm(true), Steps = 40 });
        var ddim = Run(new SamplerOptions { Sampler = new Ddim(1), Steps = 40 });
        Assert.InRange((ddpm - ddim).abs().max().ToDouble(), 0, 2e-4);
        Assert.True((ddpm - Run(new SamplerOptions { Sampler = new Ddim(0.9), Steps = 40 })).abs().max().ToDouble() > 0.05);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    public void Ddim_multiplies_the_noise_by_the_factor_of_its_recurrence(int steps)
    {
        double factor = 1;
        var levels = Linear.Respace(steps);
        for (int i = 0; i < steps; i++)
        {
            double a = Linear.Table.AlphaBar(levels[i]), b = Linear.Table.AlphaBar(levels[i + 1]), variance = a * Deviation * Deviation + 1 - a;
            factor *= (Math.Sqrt(a * b) * Deviation * Deviation + Math.Sqrt((1 - a) * (1 - b))) / variance;
        }
        using var noise = new NoiseSource([3], [1, 1, Samples]);
        var difference = Run(new SamplerOptions { Sampler = new Ddim(), Steps = steps }) - factor * noise.Next();
        Assert.InRange(difference.abs().max().ToDouble(), 0, 2e-4);
    }

    [Fact]
    public void Dpm_solver_multiplies_the_noise_by_the_factor_of_algorithm_2()
    {
        // Lu et al. 2022, algorithm 2, in scalars: z = f · z_T, x̂_0 = d · z_T.
        double factor = 1, previousGuess = 0, previousH = 0;
        var levels = Linear.Respace(12);
        for (int i = 1; i <= 12; i++)
        {
            double a = Linear.Table.AlphaBar(levels[i - 1]), b = Linear.Table.AlphaBar(levels[i]);
            double guess = factor * Math.Sqrt(a) * Deviation * Deviation / (a * Deviation * Deviation + 1 - a);
            if (i == 12)
            {
                factor = guess;
                break;
            }
            double h = Math.Log(Math.Sqrt(b / (1 - b))) - Math.Log(Math.Sqrt(a / (1 - a))), r = previousH / h;
            double d = i == 1 ? guess : (1 + 1 / (2 * r)) * guess - 1 / (2 * r) * previousGuess;
            factor = Math.Sqrt((1 - b) / (1 - a)) * factor - Math.Sqrt(b) * (Math.Exp(-h) - 1) * d;
            (previousGuess, previousH) = (guess, h);
        }
        using var noise = new NoiseSource([3], [1, 1, Samples]);
        var difference = Run(new SamplerOptions { Sampler = new DpmSolver(), Steps = 12 }) - factor * noise.Next();
        Assert.InRange(difference.abs().max().ToDouble(), 0, 2e-4);
    }

    [Theory]
    [InlineData("Ddim")]
    [InlineData("Ddpm")]
    [InlineData("DpmSolver")]
    public void A_whole_run_tells_of_each_step_once_and_ends_at_its_last_guess(string sampler)
    {
        var steps = new List<(int, int)>();
        Tensor? last = null;
        var z = Run(new SamplerOptions { Sampler = Sampler.Parse(sampler).WithEta(1), Steps = 6 }, step =>
        {
            steps.Add((step.Step, step.Steps));
            last?.Dispose();
            last = step.Denoised.clone().DetachFromDisposeScope();
        });
        Assert.Equal(Enumerable.Range(1, 6).Select(k => (k, 6)), steps);
        Assert.InRange((z - last!).abs().max().ToDouble(), 0, 1e-6);
        last!.Dispose();
    }

    [Theory]
    [InlineData("Ddim")]
    [InlineData("Ddpm")]
    [InlineData("DpmSolver")]
    public void A_run_cancelled_beforehand_evaluates_nothing(string sampler)
    {
        using var noise = new NoiseSource([1], [1, 1, 4]);
        var expert = new GaussianExpert(0, Deviation);
        Assert.Throws<OperationCanceledException>(() => Sampler.Sample(expert.Predict, Linear, noise.Next,
            new SamplerOptions { Sampler = Sampler.Parse(sampler) }, cancellation: new CancellationToken(canceled: true)));
        Assert.Equal(0, expert.Calls);
    }
}
