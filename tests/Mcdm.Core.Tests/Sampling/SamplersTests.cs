using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Sampling;

/// <summary>For Gaussian data the noise prediction and the ODE's solution are known, so samplers are held against exact values.</summary>
public sealed class SamplersTests
{
    private const double Mean = 0.2, Deviation = 0.3;
    private const int Samples = 4000;
    private static readonly VariancePreserving Cosine = new(NoiseScheduleKind.Cosine, 1000);

    /// <summary>Samples of one pixel each: the batch's pictures have <see cref="Samples"/> independent pixels.</summary>
    private static Tensor Run(SamplerOptions options, DiffusionProcess? process = null)
    {
        using var noise = new NoiseSource([11], [1, 1, Samples]);
        return Sampler.Sample(new GaussianExpert(Mean, Deviation).Predict, process ?? Cosine, noise.Next, options with { ClipDenoised = false });
    }

    private static Tensor Noise()
    {
        using var noise = new NoiseSource([11], [1, 1, Samples]);
        return noise.Next();
    }

    /// <summary>The probability-flow ODE keeps a Gaussian's quantiles: z_0 = μ + s (z_T − √ᾱ_T μ)/√(ᾱ_T s² + 1 − ᾱ_T).</summary>
    private static Tensor ExactSolution()
    {
        double alphaBar = Cosine.Table.AlphaBar(Cosine.Steps);
        return Mean + Deviation * (Noise() - Math.Sqrt(alphaBar) * Mean) / Math.Sqrt(alphaBar * Deviation * Deviation + 1 - alphaBar);
    }

    private static double Error(Sampler sampler, int steps) =>
        (Run(new SamplerOptions { Sampler = sampler, Steps = steps }) - ExactSolution()).abs().mean().ToDouble();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ddpm_at_full_length_has_the_data_moments(bool posteriorVariance)
    {
        var z = Run(new SamplerOptions { Sampler = new Ddpm(posteriorVariance), Steps = 1000 });
        // Three standard errors of 4,000 samples, and what 1,000 steps leave.
        Assert.InRange(z.mean().ToDouble(), Mean - 0.016, Mean + 0.016);
        Assert.InRange(z.std().ToDouble(), Deviation - 0.014, Deviation + 0.014);
    }

    [Fact]
    public void Ddim_with_eta_one_has_the_data_moments()
    {
        var z = Run(new SamplerOptions { Sampler = new Ddim(1), Steps = 500 });
        Assert.InRange(z.mean().ToDouble(), Mean - 0.016, Mean + 0.016);
        Assert.InRange(z.std().ToDouble(), Deviation - 0.015, Deviation + 0.015);
    }

    [Fact]
    public void Ddim_without_noise_follows_its_own_linear_recurrence()
    {
        // At each step z is affine in z, so a scalar recurrence gives the exact result.
        var expected = Noise();
        var levels = Cosine.Respace(10);
        for (int i = 0; i < 10; i++)
        {
            double a = Cosine.Table.AlphaBar(levels[i]), b = Cosine.Table.AlphaBar(levels[i + 1]);
            double variance = a * Deviation * Deviation + 1 - a;
            var epsilon = Math.Sqrt(1 - a) * (expected - Math.Sqrt(a) * Mean) / variance;
            expected = Math.Sqrt(b) * (expected - Math.Sqrt(1 - a) * epsilon) / Math.Sqrt(a) + Math.Sqrt(1 - b) * epsilon;
        }
        var z = Run(new SamplerOptions { Sampler = new Ddim(), Steps = 10 });
        Assert.True((z - expected).abs().max().ToDouble() < 2e-3);
    }

    [Fact]
    public void Ddpm_step_is_equation_13_as_printed_with_sigma()
    {
        // One step of a two-level schedule, t = 2 → 1, then t = 1 → 0 without noise.
        var process = new VariancePreserving(NoiseScheduleKind.Linear, 2);
        var expert = new GaussianExpert(Mean, Deviation, space: GaussianExpert.DefaultSpace with { Process = process });
        using var noise = new NoiseSource([5], [1, 1, 16]);
        var z = noise.Next();
        for (int t = 2; t >= 1; t--)
        {
            double beta = process.Table.Beta(t), alphaBar = process.Table.AlphaBar(t);
            z = (z - beta / Math.Sqrt(1 - alphaBar) * expert.PredictNoise(z, t)) / Math.Sqrt(1 - beta);
            if (t > 1) { z += Math.Sqrt(beta) * noise.Next(); }
        }
        using var again = new NoiseSource([5], [1, 1, 16]);
        var sampled = Sampler.Sample(expert.Predict, process, again.Next,
            new SamplerOptions { Sampler = new Ddpm(PosteriorVariance: false), Steps = 2, ClipDenoised = false });
        Assert.True((sampled - z).abs().max().ToDouble() < 1e-4);
    }

    [Fact]
    public void Ddim_converges_to_the_exact_solution_at_first_order()
    {
        double coarse = Error(new Ddim(), 40), fine = Error(new Ddim(), 80);
        Assert.InRange(coarse / fine, 1.6, 2.4);
    }

    [Theory]
    [InlineData("Euler", 0)]
    [InlineData("EulerAncestral", 1)]
    public void Eulers_steps_in_other_coordinates_are_ddims(string sampler, double eta)
    {
        var z = Run(new SamplerOptions { Sampler = Sampler.Parse(sampler), Steps = 30 });
        Assert.InRange((z - Run(new SamplerOptions { Sampler = new Ddim(eta), Steps = 30 })).abs().max().ToDouble(), 0, 1e-3);
    }

    [Theory]
    [InlineData("Ddim", 1)]
    [InlineData("Ddpm", 0)]
    [InlineData("DpmSolver", 0)]
    [InlineData("EulerAncestral", 0)]
    [InlineData("DpmSolverSde", 0)]
    public void A_schedule_without_signal_at_the_end_gives_the_data_moments_from_velocities(string sampler, double eta)
    {
        var space = GaussianExpert.DefaultSpace with { Process = WithoutSignalAtTheEnd(NoiseScheduleKind.Cosine) };
        using var noise = new NoiseSource([11], [1, 1, Samples]);
        var z = Sampler.Sample(new GaussianExpert(Mean, Deviation, space: space).Predict, space.Process, noise.Next,
            new SamplerOptions { Sampler = Sampler.Parse(sampler).WithEta(eta), Steps = 200, ClipDenoised = false });
        Assert.InRange(z.mean().ToDouble(), Mean - 0.016, Mean + 0.016);
        Assert.InRange(z.std().ToDouble(), Deviation - 0.02, Deviation + 0.02);
    }

    [Fact]
    public void A_last_step_that_would_round_below_zero_is_taken()
    {
        // With 7, 52 and 59 steps 1 − ᾱ − σ² of the first step rounds below 0 in float32.
        var space = GaussianExpert.DefaultSpace with { Process = WithoutSignalAtTheEnd(NoiseScheduleKind.ScaledLinear) };
        for (int steps = 1; steps <= 60; steps++)
        {
            using var noise = new NoiseSource([1], [1, 1, 4]);
            var z = Sampler.Sample(new GaussianExpert(Mean, Deviation, space: space).Predict, space.Process, noise.Next,
                new SamplerOptions { Sampler = new Ddim(1), Steps = steps });
            Assert.True(z.isfinite().all().ToBoolean(), $"{steps} steps");
        }
    }

    [Fact]
    public void Dynamic_thresholding_brings_each_picture_inside_by_its_own_quantile()
    {
        var z0 = tensor(new[] { 0.5f, -2, 1, 4, 0.1f, 0.2f, -0.3f, 0.4f }).reshape(2, 1, 1, 4);
        var inside = new DynamicThreshold(0.5, 3).Apply(z0);
        // Of 0.5, 1, 2, 4 half lie under 1.5; under 1 nothing is done.
        var expected = tensor(new[] { 0.5f / 1.5f, -1, 1 / 1.5f, 1, 0.1f, 0.2f, -0.3f, 0.4f }).reshape(2, 1, 1, 4);
        Assert.InRange((inside - expected).abs().max().ToDouble(), 0, 1e-6);
    }

    [Fact]
    public void Dpm_solver_converges_faster_and_is_closer_at_the_same_cost()
    {
        double coarse = Error(new DpmSolver(), 20), fine = Error(new DpmSolver(), 40);
        Assert.True(coarse / fine > 2.4, $"halving the step divided the error by {coarse / fine:0.00}");
        Assert.True(coarse < 0.5 * Error(new Ddim(), 20));
    }

    [Fact]
    public void Clipping_keeps_every_guess_and_the_result_where_pictures_are()
    {
        using var noise = new NoiseSource([1], [1, 1, 256]);
        double largest = 0;
        var z = Sampler.Sample(new GaussianExpert(0.9, 0.5).Predict, Cosine, noise.Next, new SamplerOptions { Steps = 20 },
            step => largest = Math.Max(largest, step.Denoised.abs().max().ToDouble()));
        Assert.InRange(largest, 0.5, 1);
        Assert.InRange(z.abs().max().ToDouble(), 0.5, 1);
    }

    [Theory]
    [InlineData("Ddim")]
    [InlineData("Ddpm")]
    [InlineData("DpmSolver")]
    [InlineData("Euler")]
    [InlineData("EulerAncestral")]
    [InlineData("DpmSolverSde")]
    [InlineData("Heun")]
    [InlineData("Lcm")]
    [InlineData("Tcd")]
    public void The_watcher_hears_of_every_step_and_cancelling_stops_between_two(string sampler)
    {
        using var stop = new CancellationTokenSource();
        var steps = new List<int>();
        using var noise = new NoiseSource([1], [1, 1, 4]);
        var expert = new GaussianExpert(Mean, Deviation);
        var options = new SamplerOptions { Sampler = Sampler.Parse(sampler), Steps = 9 };
        Assert.Throws<OperationCanceledException>(() => Sampler.Sample(expert.Predict, Cosine, noise.Next, options, step =>
        {
            steps.Add(step.Step);
            if (step.Step == 4) { stop.Cancel(); }
        }, cancellation: stop.Token));
        Assert.Equal([1, 2, 3, 4], steps);
        Assert.Equal(options.Sampler is Heun ? 8 : 4, expert.Calls);
    }

    [Theory]
    [InlineData("Ddim")]
    [InlineData("Ddpm")]
    [InlineData("DpmSolver")]
    [InlineData("Euler")]
    [InlineData("EulerAncestral")]
    [InlineData("DpmSolverSde")]
    [InlineData("Heun")]
    [InlineData("Lcm")]
    [InlineData("Tcd")]
    public void A_run_leaves_no_tensor_behind_but_its_result(string sampler)
    {
        using var noise = new NoiseSource([1], [1, 1, 4]);
        var options = new SamplerOptions { Sampler = Sampler.Parse(sampler).WithEta(0.5), Steps = 6 };
        void Once()
        {
            using var scope = NewDisposeScope();
            Sampler.Sample(new GaussianExpert(Mean, Deviation).Predict, Cosine, noise.Next, options);
        }
        Assert.Equal(0, LiveTensors.LeftBy(Once));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Eta_out_of_range_is_refused(double eta) =>
        Assert.Equal("EtaOutOfRange", Assert.Throws<McdmException>(() => Run(new SamplerOptions { Sampler = new Ddim(eta) })).Id);

    [Fact]
    public void Samplers_without_eta_refuse_one_out_of_range_and_stay_as_they_are()
    {
        Assert.Equal(new Euler(), new Euler().WithEta(0.5));
        Assert.Equal("EtaOutOfRange", Assert.Throws<McdmException>(() => new Ddpm().WithEta(2)).Id);
    }

    [Fact]
    public void The_posterior_of_a_process_that_has_none_is_refused_by_the_samplers_name()
    {
        var refused = Assert.Throws<McdmException>(() => Run(new SamplerOptions { Sampler = new Ddpm() }, new StraightProcess()));
        Assert.Equal("SamplerProcess", refused.Id);
        Assert.Contains("Ddpm", refused.Message, StringComparison.Ordinal);
    }

    private static VariancePreserving WithoutSignalAtTheEnd(NoiseScheduleKind kind) => new(new ScheduleDescription(kind, 1000) { ZeroTerminalSnr = true });

    /// <summary>A process without β.</summary>
    private sealed class StraightProcess : DiffusionProcess
    {
        public override int Steps => 1000;

        public override NoiseLevel Level(int t) => new(t, 1 - t / 1000.0, t / 1000.0);

        public override NoiseLevel LevelOf(double t, double sigma) => new(t, 1 / (1 + sigma), sigma / (1 + sigma));

        public override bool Matches(DiffusionProcess other) => other is StraightProcess;
    }
}
