using Mcdm.Core.Tests.Imaging;
using Mcdm.Core.Tests.Sampling;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

/// <summary>Feynman-Kac correction against products that are known: where (12) is biased it repairs, where (12) is exact it does nothing.</summary>
public sealed class ParticleFilterTests
{
    private const double A = 0.34, ProductVariance = 1 / (2 / A - 1);
    private static readonly Condition[] Two = [Condition.FromText("a"), Condition.FromSketch(Pictures.Filled(1, 1, PictureColor.White))];
    private static readonly SamplerOptions Ancestral = new() { Sampler = new Ddpm(), Steps = 200, ClipDenoised = false };

    private static IExpert[] Gaussians(double second = A) =>
    [
        new GaussianExpert(0, 1), new GaussianExpert(0, Math.Sqrt(A), Modality.Text), new GaussianExpert(0, Math.Sqrt(second), Modality.Sketch),
    ];

    /// <summary>Final values and weights of every particle, [samples × particles].</summary>
    private static (double[] Values, double[] Weights, ParticleFilter Filter) Run(IExpert[] experts, Condition[] conditions, int samples, ParticleOptions options, SamplerOptions sampling)
    {
        long[] seeds = Enumerable.Range(0, samples).Select(k => (long)k).ToArray();
        using var noise = new NoiseSource(ParticleFilter.Seeds(seeds, options.Particles), [1, 1, 1]);
        return Run(experts, conditions, seeds, options, sampling, noise.Next);
    }

    /// <summary>Thousands, of whom only moments are asked: their noise comes from one generator, in a hundredth of the time.</summary>
    private static (double[] Values, double[] Weights, ParticleFilter Filter) RunCrowd(IExpert[] experts, Condition[] conditions, int samples, ParticleOptions options)
    {
        using var generator = new Generator(1);
        long[] shape = [samples * options.Particles, 1, 1, 1];
        return Run(experts, conditions, Enumerable.Range(0, samples).Select(k => (long)k).ToArray(), options, Ancestral, () => randn(shape, generator: generator));
    }

    private static (double[] Values, double[] Weights, ParticleFilter Filter) Run(
        IExpert[] experts, Condition[] conditions, long[] seeds, ParticleOptions options, SamplerOptions sampling, Func<Tensor> noise)
    {
        using var composer = new Composer(experts, conditions);
        var filter = new ParticleFilter(seeds, options);
        using var predictor = new ComposedPredictor(composer.Predict, new Product()) { MeasuresAgreement = true };
        using var z = Sampler.Sample(predictor.Predict, composer.Space.Process, noise, sampling, corrector: filter);
        return (z.to(ScalarType.Float64).flatten().data<double>().ToArray(), filter.Weights.SelectMany(w => w).ToArray(), filter);
    }

    private static double Variance(double[] values, double[] weights)
    {
        double sum = weights.Sum(), mean = values.Zip(weights, (x, w) => x * w).Sum() / sum;
        return values.Zip(weights, (x, w) => (x - mean) * (x - mean) * w).Sum() / sum;
    }

    [Fact]
    public void Many_particles_reach_the_products_variance_that_plain_composition_misses()
    {
        var (values, weights, _) = RunCrowd(Gaussians(), Two, 1, new ParticleOptions { Particles = 10_000 });
        Assert.InRange(Variance(values, weights), 0.93 * ProductVariance, 1.07 * ProductVariance);
        var (plain, one, _) = RunCrowd(Gaussians(), Two, 20_000, new ParticleOptions());
        Assert.InRange(Variance(plain, one), 0.75 * ProductVariance, 0.86 * ProductVariance);
    }

    [Fact]
    public void A_mixture_times_a_normal_distribution_has_its_moments()
    {
        MixtureExpert unconditional = new(null, (1, 0, 1)), first = new(Modality.Text, (0.5, -0.8, 0.35), (0.5, 0.8, 0.35)), second = new(Modality.Sketch, (1, 0.4, 0.6));
        double[] grid = Enumerable.Range(-500, 1001).Select(i => i / 100.0).ToArray();
        double[] density = Array.ConvertAll(grid, x => first.Density(x) * second.Density(x) / unconditional.Density(x));
        double mean = grid.Zip(density, (x, p) => x * p).Sum() / density.Sum(), variance = Variance(grid, density);

        var (values, weights, _) = RunCrowd([unconditional, first, second], Two, 1, new ParticleOptions { Particles = 6000 });
        Assert.InRange(values.Zip(weights, (x, w) => x * w).Sum() / weights.Sum(), mean - 0.05, mean + 0.05);
        Assert.InRange(Variance(values, weights), 0.9 * variance, 1.1 * variance);
    }

    [Theory]
    [InlineData("Ddpm")]
    [InlineData("Ddim")]
    [InlineData("DpmSolver")]
    public void Where_composition_is_exact_nothing_is_weighed_or_resampled(string sampler)
    {
        // One condition alone, and a second that says nothing, have no agreement to weigh by.
        var sampling = new SamplerOptions { Sampler = Sampler.Parse(sampler).WithEta(0.5), Steps = 20, ClipDenoised = false };
        foreach (var (experts, conditions) in new[] { (Gaussians(), Two[..1]), (Gaussians(second: 1), Two) })
        {
            var (values, weights, filter) = Run(experts, conditions, 3, new ParticleOptions { Particles = 8 }, sampling);
            Assert.All(weights, weight => Assert.Equal(1 / 8.0, weight, 4));
            Assert.All(filter.EffectiveSizes.SelectMany(sizes => sizes), size => Assert.Equal(8, size, 2));
            // A sample's first particle is the plain sample of its seed.
            var (plain, _, _) = Run(experts, conditions, 3, new ParticleOptions(), sampling);
            Assert.Equal(plain, new[] { values[0], values[8], values[16] });
        }
    }

    [Fact]
    public void A_high_temperature_leaves_plain_composition()
    {
        var (hot, hotWeights, _) = RunCrowd(Gaussians(), Two, 1, new ParticleOptions { Particles = 4000, Temperature = 1e9 });
        Assert.All(hotWeights, weight => Assert.Equal(1 / 4000.0, weight, 8));
        Assert.InRange(Variance(hot, hotWeights), 0.75 * ProductVariance, 0.86 * ProductVariance);
    }

    [Fact]
    public void Systematic_resampling_takes_each_as_often_as_its_weight_says_up_to_one()
    {
        double[] weights = [0.5, 0.1, 0, 0.4];
        for (double u = 0.05; u < 1; u += 0.1)
        {
            int[] counts = Enumerable.Range(0, 4).Select(k => ParticleFilter.Systematic(weights, u).Count(chosen => chosen == k)).ToArray();
            Assert.Equal(4, counts.Sum());
            for (int k = 0; k < 4; k++) { Assert.InRange(counts[k], Math.Floor(4 * weights[k]), Math.Ceiling(4 * weights[k])); }
        }
        double average = Enumerable.Range(0, 1000).Average(i => ParticleFilter.Systematic(weights, (i + 0.5) / 1000).Count(chosen => chosen == 3));
        Assert.Equal(1.6, average, 2);
    }

    [Fact]
    public void A_particle_is_drawn_as_often_as_its_weight_says()
    {
        const int samples = 600, particles = 16;
        using var composer = new Composer(Gaussians(), Two);
        long[] seeds = Enumerable.Range(0, samples).Select(k => (long)k).ToArray();
        var options = new ParticleOptions { Particles = particles, ResampleThreshold = 0 };
        var filter = new ParticleFilter(seeds, options);
        using var z = randn(samples * particles, 1, 1, 1, generator: new Generator(5));
        filter.AfterStep(100, composer.PredictWithAgreement(z, 500).Agreement!);
        var weights = filter.Weights;
        long[] drawn = filter.Draw();
        Assert.All(drawn, (place, sample) => Assert.Equal(sample, place / particles));
        // Weight rank for rank: the mean weight of a drawn particle is Σ w², up to the spread over the samples.
        double expected = weights.Average(w => w.Sum(x => x * x)), mean = drawn.Select((place, sample) => weights[sample][place % particles]).Average();
        Assert.InRange(mean, 0.9 * expected, 1.1 * expected);
        Assert.True(expected > 1.2 / particles, "the weights differ");
    }

    [Fact]
    public void The_agreement_is_the_formulas()
    {
        using var composer = new Composer(Gaussians(0.7), [Condition.FromText("a", 0.8), Condition.FromSketch(Pictures.Filled(1, 1, PictureColor.White), 1.7)]);
        using var scope = NewDisposeScope();
        var z = randn(5, 1, 2, 3);
        var experts = Gaussians(0.7).Select(expert => expert.PredictNoise(z, 300, null)).ToArray();
        Tensor first = experts[1] - experts[0], second = experts[2] - experts[0];
        var expected = (0.8 * first + 1.7 * second).square().flatten(1).sum(1) - 0.8 * first.square().flatten(1).sum(1) - 1.7 * second.square().flatten(1).sum(1);
        var (noise, agreement) = composer.PredictWithAgreement(z, 300);
        Assert.InRange((agreement! - expected).abs().max().ToDouble(), 0, 1e-5);
        Assert.InRange((noise - composer.PredictNoise(z, 300)).abs().max().ToDouble(), 0, 1e-6);
    }

    [Theory]
    [InlineData(0, 1, 0.5, "ParticlesOutOfRange")]
    [InlineData(10_001, 1, 0.5, "ParticlesOutOfRange")]
    [InlineData(4, 0, 0.5, "TemperatureOutOfRange")]
    [InlineData(4, double.NaN, 0.5, "TemperatureOutOfRange")]
    [InlineData(4, double.PositiveInfinity, 0.5, "TemperatureOutOfRange")]
    [InlineData(4, 1, 1.5, "ThresholdOutOfRange")]
    [InlineData(4, 1, double.NaN, "ThresholdOutOfRange")]
    public void Numbers_that_mean_nothing_are_refused(int particles, double temperature, double threshold, string id) =>
        Assert.Equal(id, Assert.Throws<McdmException>(() => new ParticleOptions { Particles = particles, Temperature = temperature, ResampleThreshold = threshold }.Check()).Id);
}
