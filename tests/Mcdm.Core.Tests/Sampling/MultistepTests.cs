using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Sampling;

/// <summary>Samplers that look back, on Gaussian data, whose z_0 is known of each noise: more steps come closer, and order beats none.</summary>
public sealed class MultistepTests
{
    private const double Mean = 0.2, Deviation = 0.3;
    private const int Samples = 4000;
    private static readonly VariancePreserving Process = new(new ScheduleDescription(NoiseScheduleKind.ScaledLinear, 1000) { BetaStart = 0.00085, BetaEnd = 0.012 });

    private static Tensor Run(SamplerOptions options)
    {
        using var noise = new NoiseSource([11], [1, 1, Samples]);
        return Sampler.Sample(new GaussianExpert(Mean, Deviation, space: GaussianExpert.DefaultSpace with { Process = Process }).Predict, Process, noise.Next, options with { ClipDenoised = false });
    }

    private static double Error(Sampler sampler, int steps)
    {
        using var scope = NewDisposeScope();
        using var noise = new NoiseSource([11], [1, 1, Samples]);
        double alphaBar = Process.Table.AlphaBar(Process.Steps);
        var exact = Mean + Deviation * (noise.Next() - Math.Sqrt(alphaBar) * Mean) / Math.Sqrt(alphaBar * Deviation * Deviation + 1 - alphaBar);
        return (Run(new SamplerOptions { Sampler = sampler, Steps = steps }) - exact).abs().mean().ToDouble();
    }

    public static TheoryData<Sampler> Deterministic =>
    [
        new UniPc(), new UniPc(3), new UniPc { FollowsNoise = true }, new DpmSolver(), new DpmSolver { HeunType = true }, new DpmSolver { FollowsNoise = true }, new DpmSolver3(), new DpmSolver2S(),
        new DpmSolver2S(true), new Dpm2(), new Deis(), new Deis(3), new Lms(), new Pndm(),
    ];

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void More_steps_come_closer_and_closer_than_first_order(Sampler sampler)
    {
        double few = Error(sampler, 20), many = Error(sampler, 80), first = Error(new Ddim(), 80);
        Assert.True(many < few / 2, $"{sampler}: {few:g3} with 20 steps, {many:g3} with 80.");
        Assert.True(many < first, $"{sampler}: {many:g3} with 80 steps, and {first:g3} of first order.");
    }

    /// <summary>Of models whose usual levels lie where something happens.</summary>
    [Fact]
    public void Levels_close_together_where_predictions_change_are_theirs_too()
    {
        using var scope = NewDisposeScope();
        foreach (var sampler in SamplerRegistry.All.Where(sampler => sampler.DividesByAlpha && sampler is not ConsistencySampler))
        {
            using var z = Run(new SamplerOptions { Sampler = sampler, Steps = 40, Spacing = new StepSpacing(SpacingKind.Signal) });
            Assert.True(z.std().ToDouble() is > Deviation - 0.05 and < Deviation + 0.05, $"{sampler}: {z.std().ToDouble():g3}");
        }
    }

    [Fact]
    public void Noise_of_their_own_keeps_the_data_moments()
    {
        foreach (var sampler in new Sampler[] { new DpmSolverSde(), new DpmSolver3Sde(), new Dpm2Ancestral() })
        {
            using var z = Run(new SamplerOptions { Sampler = sampler, Steps = 200 });
            Assert.InRange(z.mean().ToDouble(), Mean - 0.02, Mean + 0.02);
            Assert.InRange(z.std().ToDouble(), Deviation - 0.02, Deviation + 0.02);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    [InlineData(-2)]
    public void The_mean_of_a_polynomial_is_that_of_its_integral(double h)
    {
        double[] places = [0, -0.4, -1.3];
        double[] weights = PolynomialWeights.Of(places, h);
        Assert.Equal(1, weights.Sum(), 12);
        const int Pieces = 100_000;
        var (mean, all) = (0.0, 0.0);
        for (int i = 0; i < Pieces; i++)
        {
            double x = (i + 0.5) / Pieces, weight = Math.Exp(h * (x - 1));
            mean += weight * (2 - x + 3 * x * x);
            all += weight;
        }
        Assert.Equal(mean / all, places.Zip(weights, (x, weight) => weight * (2 - x + 3 * x * x)).Sum(), 8);
    }

    [Fact]
    public void Quantiles_of_the_beta_distribution_are_those_that_are_known()
    {
        Assert.Equal(0.3, BetaDistribution.Quantile(0.3, 1, 1), 10);
        Assert.Equal(Math.Sqrt(0.2), BetaDistribution.Quantile(0.2, 2, 1), 10);
        Assert.Equal(Math.Pow(Math.Sin(0.1 * Math.PI / 2), 2), BetaDistribution.Quantile(0.1, 0.5, 0.5), 10); // the arcsine distribution
        Assert.Equal(1, BetaDistribution.Quantile(0.2, 0.6, 0.6) + BetaDistribution.Quantile(0.8, 0.6, 0.6), 10);
    }

    [Fact]
    public void Levels_that_are_given_are_those_that_are_visited()
    {
        foreach (var sampler in new Sampler[] { new DpmSolver(), new Euler(), new Ddim(), new Pndm(), new Lcm() })
        {
            var path = SamplingPath.Of(Process, new SamplerOptions { Sampler = sampler, Steps = 3, Spacing = new StepSpacing(SpacingKind.Trailing) { Given = [999, 500, 20] } });
            Assert.Equal([1000, 501, 21], path.Steps.Select(step => step.From.T));
            Assert.Equal([501, 21, 0], path.Steps.Select(step => step.To.T));
        }
        Assert.Equal("SpacingInvalid", Refused(4, [999, 500, 20]));
        Assert.Equal("SpacingInvalid", Refused(2, [1000, 20]));

        static string Refused(int steps, double[] given) => Assert.Throws<McdmException>(() =>
            SamplingPath.Of(Process, new SamplerOptions { Steps = steps, Spacing = new StepSpacing(SpacingKind.Trailing) { Given = given } })).Id;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void An_order_that_there_is_not_is_refused(int order)
    {
        Assert.Equal("SamplerOrder", Assert.Throws<McdmException>(() => new SamplerOptions { Sampler = new UniPc(order) }.Check(Process)).Id);
        Assert.Equal("SamplerOrder", Assert.Throws<McdmException>(() => new SamplerOptions { Sampler = new Deis(order) }.Check(Process)).Id);
    }
}
