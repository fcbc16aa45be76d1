using Mcdm.Core.Tests.Imaging;
using Mcdm.Core.Tests.Sampling;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

/// <summary>Weights as number × schedule × region, and the ways to combine, against formulas and densities that are known.</summary>
public sealed class CombinerTests
{
    private const int Level = 400;
    private static readonly LatentSpace Space = new(1, 2, 2, new VariancePreserving(NoiseScheduleKind.Cosine, 1000));
    private static readonly Picture White = Pictures.Filled(1, 1, PictureColor.White);
    private readonly IExpert _u = new GaussianExpert(0, 1, null, Space), _text = new GaussianExpert(0.8, 0.5, Modality.Text, Space), _sketch = new GaussianExpert(-0.4, 0.3, Modality.Sketch, Space);

    private IExpert[] All => [_u, _text, _sketch];

    private static Tensor Z() => linspace(-2, 2, 12).reshape(3, 1, 2, 2);

    private static Tensor Noise(IExpert expert) => expert.PredictNoise(Z(), Level, null);

    /// <summary>Top left white, top right half grey, bottom black and transparent.</summary>
    private static Picture Region() => new(2, 2, [255, 255, 255, 255, 51, 51, 51, 255, 0, 0, 0, 255, 255, 255, 255, 0]);

    private static Tensor RegionFactors() => tensor(new[] { 1f, 0.2f, 0, 0 }).reshape(1, 1, 2, 2);

    private static Tensor Compose(IExpert[] experts, Condition[] conditions, Combiner? kind = null)
    {
        using var weighted = new Composition(experts, conditions, null, kind);
        using var composer = new Composer([weighted, weighted, weighted]);
        return composer.PredictNoise(Z(), Level, (kind ?? new Product()).RuleOf(SamplingPath.Of(Space.Process, new SamplerOptions()).Steps));
    }

    private static void AssertEqual(Tensor expected, Tensor actual) => Assert.InRange((expected - actual).abs().max().ToDouble(), 0, 1e-5);

    [Fact]
    public void A_weight_is_number_times_schedule_times_region()
    {
        var schedule = new WeightSchedule([new(300, 1), new(500, 3)]);
        var composed = Compose(All, [Condition.FromText("a").Weighted(1.5, schedule, Region()), Condition.FromSketch(White, 0.5)]);
        AssertEqual(Noise(_u) + 1.5 * 2 * RegionFactors() * (Noise(_text) - Noise(_u)) + 0.5 * (Noise(_sketch) - Noise(_u)), composed);
    }

    [Fact]
    public void Where_a_lone_condition_of_weight_one_does_not_speak_the_unconditional_expert_does()
    {
        var composed = Compose(All, [Condition.FromText("a").Weighted(1, null, Region())]);
        AssertEqual(Noise(_u) + RegionFactors() * (Noise(_text) - Noise(_u)), composed);
    }

    [Fact]
    public void Pictures_of_a_batch_keep_weights_of_their_own()
    {
        Condition[][] rows = [[Condition.FromText("a").Weighted(0.7, null, Region())], [Condition.FromText("a"), Condition.FromSketch(White).Weighted(1, new WeightSchedule([new(1, 0.2)]))], []];
        var weighted = rows.Select(row => new Composition(All, row)).ToList();
        using var composer = new Composer(weighted);
        var together = composer.PredictNoise(Z(), Level);
        for (int k = 0; k < rows.Length; k++) { AssertEqual(Compose(All, rows[k])[k], together[k]); }
    }

    [Fact]
    public void A_region_of_another_size_is_brought_to_that_of_the_pictures()
    {
        var notes = new List<string>();
        using var composition = new Composition(All, [Condition.FromText("a").Weighted(1, null, White)], notes.Add);
        Assert.Contains("resized from 1×1 to 2×2", Assert.Single(notes), StringComparison.Ordinal);
        AssertEqual(Compose(All, [Condition.FromText("a")]), Compose(All, [Condition.FromText("a").Weighted(1, null, White)]));
    }

    [Fact]
    public void A_schedule_names_no_level_beyond_the_last()
    {
        var schedule = WeightSchedule.Parse("1=0;4000=1");
        var error = Assert.Throws<McdmException>(() => new Composition(All, [Condition.FromText("a").Weighted(1, schedule)]));
        Assert.Equal("ScheduleInvalid", error.Id);
        Assert.Contains("names noise level 4000; the model's levels go from 1 (hardly any noise) to", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_weight_that_is_no_number_is_refused(double weight) =>
        Assert.Equal("WeightNotFinite", Assert.Throws<McdmException>(() => Condition.FromText("a").Weighted(weight)).Id);

    [Fact]
    public void A_mixture_is_the_mean_by_weights_pixel_by_pixel_and_unconditional_where_nobody_speaks()
    {
        var composed = Compose(All, [Condition.FromText("a").Weighted(1, null, Region()), Condition.FromSketch(White).Weighted(0.3, null, Region())],
            new Mixture());
        var shares = where(RegionFactors() > 0, ones(1, 1, 2, 2), zeros(1, 1, 2, 2));
        AssertEqual(shares * (Noise(_text) + 0.3 * Noise(_sketch)) / 1.3 + (1 - shares) * Noise(_u), composed);
    }

    [Fact]
    public void A_mixture_of_numbers_needs_no_unconditional_expert() =>
        AssertEqual((2 * Noise(_text) + Noise(_sketch)) / 3,
            Compose([_text, _sketch], [Condition.FromText("a", 2), Condition.FromSketch(White)], new Mixture()));

    [Theory]
    [InlineData(-0.5, 1)]
    [InlineData(0, 0)]
    public void Shares_of_a_mixture_that_are_none_are_refused(double text, double sketch) => Assert.Equal("MixtureWeight", Assert.Throws<McdmException>(() =>
        new Composition(All, [Condition.FromText("a", text), Condition.FromSketch(White, sketch)], combiner: new Mixture())).Id);

    private static double LogDensity(double x, double mean, double deviation) => -Math.Log(deviation) - (x - mean) * (x - mean) / (2 * deviation * deviation);

    /// <summary>The run that the tests of a superposition look at, each at its own side.</summary>
    private static readonly Lazy<(double[] Samples, SuperpositionPath Path)> s_superposed = new(() => Sample(superposition: true));

    private static (double[] Samples, SuperpositionPath Path) Sample(bool superposition)
    {
        GaussianExpert u = new(0, 1), text = new(0.8, 0.5, Modality.Text), sketch = new(-0.4, 0.3, Modality.Sketch);
        var sampling = new SamplerOptions { Sampler = new Ddpm(), Steps = 500, ClipDenoised = false };
        var process = u.Space.Process;
        var path = new SuperpositionPath(SamplingPath.Of(process, sampling).Steps);
        using var weighted = new Composition([u, text, sketch], [Condition.FromText("a"), Condition.FromSketch(White)], combiner: new Superposition());
        using var composer = new Composer([weighted]);
        using var predictor = new ComposedPredictor(composer.Predict, superposition ? path : new Product());
        using var generator = new Generator(1);
        using var z = Sampler.Sample(predictor.Predict, process, () => randn([120, 1, 1, 1], generator: generator), sampling);
        return (z.to(ScalarType.Float64).flatten().data<double>().ToArray(), path);
    }

    [Fact]
    public void A_superposition_ends_where_both_experts_find_the_picture_as_likely()
    {
        static double Gap(double[] samples) => samples.Average(x => Math.Abs(LogDensity(x, 0.8, 0.5) - LogDensity(x, -0.4, 0.3)));
        double product = Gap(Sample(superposition: false).Samples), superposition = Gap(s_superposed.Value.Samples);
        Assert.InRange(superposition, 0, product / 3);
    }

    [Fact]
    public void Itos_estimator_follows_the_densities()
    {
        var (samples, path) = s_superposed.Value;
        // Both start from noise so strong that they differ by nothing, so the estimated difference is the true one of the end.
        double[] errors = samples.Select((x, k) => path.LogDensities[k][0] - path.LogDensities[k][1]
            - (LogDensity(x, 0.8, 0.5) - LogDensity(x, -0.4, 0.3))).ToArray();
        Assert.InRange(errors.Average(Math.Abs), 0, 0.3);
    }

    [Fact]
    public void Equal_shares_are_the_product() =>
        Assert.Equal([0.5, 0.5], SuperpositionPath.Equalize([1, 1], [[2, 1], [1, 2]]).Select(share => Math.Round(share, 9)));

    [Fact]
    public void Shares_bring_the_densities_together()
    {
        double[][] effect = [[9, 1], [2, 7]];
        double[] start = [0, 3], shares = SuperpositionPath.Equalize(start, effect);
        double Ends(int i) => start[i] + effect[i][0] * shares[0] + effect[i][1] * shares[1];
        Assert.Equal(1, shares.Sum(), 9);
        Assert.InRange(Math.Abs(Ends(0) - Ends(1)), 0, 0.01);
    }

    [Theory]
    [InlineData("DpmSolver", 0, 0)]
    [InlineData("Ddim", 0.5, 0)]
    [InlineData("Ddpm", 0, 2)]
    public void A_superposition_refuses_samplers_whose_path_it_cannot_follow(string sampler, double eta, int langevin)
    {
        var sampling = new SamplerOptions { Sampler = Sampler.Parse(sampler).WithEta(eta), LangevinSteps = langevin };
        var refused = Assert.Throws<McdmException>(() => new Superposition().Check(Space.Process, sampling, new ParticleOptions()));
        Assert.Equal("CombinerSampler", refused.Id);
    }

    public static TheoryData<string> WithoutParticles => [.. CombinerRegistry.All.Where(combiner => combiner is not Product).Select(combiner => combiner.Name)];

    /// <summary>Their weights are known for the process that (12) drives, which Mixture and Composite passed for before.</summary>
    [Theory]
    [MemberData(nameof(WithoutParticles))]
    public void Particles_are_refused_by_name_for_every_rule_but_the_product(string combiner)
    {
        var sampling = new SamplerOptions { Sampler = new Ddpm() };
        var refused = Assert.Throws<McdmException>(() => Combiner.Parse(combiner).Check(Space.Process, sampling, new ParticleOptions { Particles = 4 }));
        Assert.Equal("CombinerParticles", refused.Id);
        Assert.Contains(combiner, refused.Message, StringComparison.Ordinal);
        Combiner.Parse(combiner).Check(Space.Process, sampling, new ParticleOptions());
        new Product().Check(Space.Process, sampling, new ParticleOptions { Particles = 4 });
    }

    [Fact]
    public void Under_a_schedule_without_signal_at_the_end_velocities_are_added_and_mean_the_same_noise()
    {
        var space = Space with { Process = new VariancePreserving(new ScheduleDescription(NoiseScheduleKind.Cosine, 1000) { ZeroTerminalSnr = true }) };
        IExpert u = new GaussianExpert(0, 1, null, space), text = new GaussianExpert(0.8, 0.5, Modality.Text, space);
        using var composer = new Composer([u, text], [Condition.FromText("a", 3)]);
        using var predictor = new ComposedPredictor(composer.Predict, new Product());
        var level = space.Process.Level(Level);
        var composed = predictor.Predict(Z(), level);
        Assert.Equal(PredictionKind.Velocity, composed.Kind);
        AssertEqual(u.PredictNoise(Z(), Level, null) + 3 * (text.PredictNoise(Z(), Level, null) - u.PredictNoise(Z(), Level, null)),
            composed.Kind.Noise(composed.Value, Z(), level));
        // Where nothing of the picture is left, v is −ẑ_0, each expert's mean.
        AssertEqual(full_like(Z(), -3 * 0.8), predictor.Predict(Z(), space.Process.Level(1000)).Value);
    }

    [Fact]
    public void How_far_velocities_agree_is_how_far_their_noise_does()
    {
        var space = Space with { Process = new VariancePreserving(new ScheduleDescription(NoiseScheduleKind.Cosine, 1000) { ZeroTerminalSnr = true }) };
        GaussianExpert u = new(0, 1, null, space), text = new(0.8, 0.5, Modality.Text, space), sketch = new(-0.4, 0.3, Modality.Sketch, space);
        using var composer = new Composer([u, text, sketch], [Condition.FromText("a"), Condition.FromSketch(White)]);
        Tensor first = text.PredictNoise(Z(), Level) - u.PredictNoise(Z(), Level), second = sketch.PredictNoise(Z(), Level) - u.PredictNoise(Z(), Level);
        var expected = ((first + second).square() - first.square() - second.square()).flatten(1).sum(1).to(ScalarType.Float64);
        AssertEqual(expected, composer.PredictWithAgreement(Z(), Level).Agreement!);
    }

    [Theory]
    [InlineData(0.7, 7.5)]
    [InlineData(1, 3)]
    public void Rescaled_guidance_has_the_deviation_that_the_condition_alone_has(double phi, double weight)
    {
        Tensor u = Noise(_u), text = Noise(_text), guided = u + weight * (text - u);
        using var composition = new Composition(All, [Condition.FromText("a", weight)]);
        using var composer = new Composer([composition, composition, composition]);
        var factor = phi * text.flatten(1).std(1) / guided.flatten(1).std(1) + 1 - phi;
        AssertEqual(guided * factor.reshape(-1, 1, 1, 1), composer.PredictNoise(Z(), Level, new Product(phi)));
    }

    [Fact]
    public void Where_no_weight_is_beyond_one_there_is_nothing_to_rescale()
    {
        using var composition = new Composition(All, [Condition.FromText("a", -0.5), Condition.FromSketch(White, 0.8)]);
        using var composer = new Composer([composition, composition, composition]);
        AssertEqual(composer.PredictNoise(Z(), Level), composer.PredictNoise(Z(), Level, new Product(1)));
    }

    [Fact]
    public void Rules_are_refused_where_they_mean_nothing()
    {
        var ends = new VariancePreserving(new ScheduleDescription(NoiseScheduleKind.Cosine, 1000) { ZeroTerminalSnr = true });
        var ddpm = new SamplerOptions { Sampler = new Ddpm() };
        Assert.Equal("CombinerSchedule", Assert.Throws<McdmException>(() => new Superposition().Check(ends, ddpm, new ParticleOptions())).Id);
        Assert.Equal("CombinerRescale", Assert.Throws<McdmException>(() => new Mixture().WithRescale(0.5)).Id);
        new Superposition().Check(Space.Process, ddpm with { Sampler = new EulerAncestral() }, new ParticleOptions());
        new Product(0.5).Check(ends, ddpm, new ParticleOptions());
        Assert.Equal("GuidanceRescaleOutOfRange", Assert.Throws<McdmException>(() => new Mixture().WithRescale(1.5)).Id);
        Assert.Equal(new Residual(0.5), new Residual().WithRescale(0.5));
    }
}
