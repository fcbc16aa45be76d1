using Mcdm.Core.Tests.Compositions;
using Mcdm.Core.Tests.Sampling;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Bridges;

/// <summary>
/// Every pixel of the data is normal, and two spaces see it through different linear maps: all that happens over the bridge is affine then, so the mean and
/// the variance of what comes out are known exactly.
/// </summary>
public sealed class BridgeTests
{
    private const int Side = 160, Steps = 20;
    private const double Mean = 0.8, Deviation = 0.5;

    private static readonly LatentSpace Space = GaussianExpert.DefaultSpace with { Height = Side, Width = Side };
    private static readonly DiffusionProcess Process = Space.Process;

    private readonly GaussianExpert _own = new(0, 1, space: Space);

    /// <summary>The condition's expert in a space where pictures are scale × x + shift, and ε_u there.</summary>
    private static (GaussianExpert Expert, GaussianExpert Unconditional) There(double scale, double shift, Modality? modality = null) => (
        new(scale * Mean + shift, Math.Abs(scale) * Deviation, modality ?? Modality.Text, Space), new(shift, Math.Abs(scale), space: Space));

    private CrossingExpert Crossing(Bridge bridge, GaussianExpert expert, GaussianExpert unconditional) =>
        new($"other.{expert.Name}", Space, expert, unconditional, _own, bridge);

    private static Condition Text(double weight = 1) => Condition.FromText("black hair", weight);

    private static (double Mean, double Variance) Sample(IReadOnlyList<IExpert> experts, params Condition[] conditions)
    {
        using var scope = NewDisposeScope();
        using var composer = new Composer(experts, conditions);
        using var predictor = new ComposedPredictor(composer.Predict, new Product());
        using var noise = new NoiseSource([3], [1, Side, Side]);
        var sampling = new SamplerOptions { Sampler = new Ddim(), Steps = Steps, ClipDenoised = false };
        var end = Sampler.Sample(predictor.Predict, Process, noise.Next, sampling);
        return (end.mean().ToDouble(), end.var().ToDouble());
    }

    /// <summary>What DDIM makes of the rule, in numbers: x̂ = x̂_u + w δ, where all is affine in z and in the fresh noise η.</summary>
    private static (double Mean, double Variance) Exact(BridgeOptions options, double scale, double shift)
    {
        var (mean, variance) = (0.0, 1.0);
        var levels = Process.Respace(Steps).Select(Process.Level).ToList();
        foreach (var (t, s) in levels.Zip(levels.Skip(1)))
        {
            // For N(0, 1) the guess of z_0 is α z.
            var (there, own) = (Process.LevelOfLambda(t.Lambda - options.MoreNoise / 2), t.Alpha);
            double Gain(double variance) => there.Alpha * variance / (there.Alpha * there.Alpha * variance + there.Sigma * there.Sigma);
            double gain = Gain(scale * scale * Deviation * Deviation), rest = Gain(scale * scale);
            double At(double mean, double gain) => mean - gain * there.Alpha * mean;
            double weight = t.T < Process.LevelOfLambda(options.End / 2).T ? 0 : options.Strength;
            // z_B = seen × Q + noise × η + shifted.
            var (seen, noisy, shifted) = (there.Alpha, there.Sigma, 0.0);
            for (int i = 0; i < options.Corrections; i++)
            {
                double left = 1 - there.Alpha * rest;
                (seen, noisy, shifted) = (left * seen + there.Alpha, left * noisy, left * shifted - there.Alpha * At(shift, rest));
            }
            double ofSeen = weight * (gain - rest) * seen, ofNoise = weight * (gain - rest) * noisy / scale;
            double constant = weight * ((gain - rest) * (seen * shift + shifted) + At(scale * Mean + shift, gain) - At(shift, rest)) / scale;
            double ofZ = own + ofSeen * own, k = s.Alpha - s.Sigma * t.Alpha / t.Sigma, keep = s.Sigma / t.Sigma;
            mean = (keep + k * ofZ) * mean + k * constant;
            variance = Math.Pow(keep + k * ofZ, 2) * variance + Math.Pow(k * ofNoise, 2);
        }
        return (mean, variance);
    }

    [Theory]
    [InlineData(0, 1, 1, 0, 0)]
    [InlineData(0, 1, 2, 0.3, 0)]
    [InlineData(2, 1, 1, 0, 0)]
    [InlineData(2, 2, 0.5, -0.4, 0)]
    [InlineData(1, 1.5, -3, 1, 0)]
    [InlineData(0, 1, 1, 0, 1)]
    [InlineData(1, 1.5, -3, 1, 2)]
    [InlineData(2, 2, 0.5, -0.4, 5)]
    public void Mean_and_variance_are_those_of_the_rule(double moreNoise, double strength, double scale, double shift, int corrections)
    {
        var options = new BridgeOptions { MoreNoise = moreNoise, Strength = strength, Corrections = corrections };
        var (expert, unconditional) = There(scale, shift);
        var (mean, variance) = Sample([_own, Crossing(new Bridge("other", PixelCodec.Instance, new LinearCodec(scale, shift), options), expert, unconditional)], Text());
        var exact = Exact(options, scale, shift);
        double error = Math.Sqrt(exact.Variance / (Side * Side));
        Assert.InRange(mean, exact.Mean - 4 * error, exact.Mean + 4 * error);
        Assert.InRange(variance / exact.Variance, 1 - 4 * Math.Sqrt(2.0) / Side, 1 + 4 * Math.Sqrt(2.0) / Side);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.3)]
    [InlineData(-0.5, 1)]
    public void Corrected_until_it_settles_it_is_equation_12_where_both_know_equally_much(double scale, double shift)
    {
        // Of pictures that are larger by a factor in the other space, noise hides less there: 2 log of the factor, in nats.
        var options = new BridgeOptions { MoreNoise = 2 * Math.Log(Math.Abs(scale)), Strength = 1, End = 100, Corrections = 100 };
        var (expert, unconditional) = There(scale, shift);
        var (mean, variance) = Sample([_own, Crossing(new Bridge("other", PixelCodec.Instance, new LinearCodec(scale, shift), options), expert, unconditional)], Text());
        var (expected, spread) = Sample([_own, There(1, 0).Expert], Text());
        Assert.InRange(mean - expected, -0.005, 0.005);
        Assert.InRange(variance / spread, 0.98, 1.02);
    }

    [Fact]
    public void The_space_of_the_one_that_draws_may_be_any_too()
    {
        // Pictures are what both have in common: x of the one that draws is 2 × picture + 0.5 here.
        var codec = new LinearCodec(2, 0.5);
        var own = new GaussianExpert(0.5, 2, space: Space);
        var (expert, unconditional) = There(1, 0);
        var bridge = new Bridge("other", codec, PixelCodec.Instance, new BridgeOptions { MoreNoise = 2, Corrections = 0 });
        double z = Process.Level(500).Alpha;
        using var prediction = new CrossingExpert("other.text", Space, expert, unconditional, own, bridge).Predict(full([1, 1, Side, Side], z), Process.Level(500), null);
        using var plain = own.Predict(full([1, 1, Side, Side], z), Process.Level(500), null);
        var level = Process.Level(500);
        // δ of the other, asked at the picture of x̂_u, comes back twice as large.
        double guess = level.Denoised(plain, full([1, 1, Side, Side], z)).mean().ToDouble();
        var there = Process.LevelOfLambda(level.Lambda - 1);
        double Gain(double variance) => there.Alpha * variance / (there.Alpha * there.Alpha * variance + there.Sigma * there.Sigma);
        double seen = there.Alpha * (guess - 0.5) / 2, gain = Gain(Deviation * Deviation);
        double asks = (gain - Gain(1)) * seen + Mean * (1 - gain * there.Alpha);
        double push = (level.Denoised(prediction, full([1, 1, Side, Side], z)).mean() - guess).ToDouble();
        Assert.InRange(push, 2 * asks - 0.02, 2 * asks + 0.02);
    }

    [Fact]
    public void The_other_models_unconditional_network_runs_once_for_all_its_conditions()
    {
        var codec = new LinearCodec(2, 0);
        var bridge = new Bridge("other", PixelCodec.Instance, codec, new BridgeOptions());
        var (expert, unconditional) = There(2, 0);
        var (sketch, _) = There(2, 0, Modality.Sketch);
        using var composer = new Composer([_own, Crossing(bridge, expert, unconditional), Crossing(bridge, sketch, unconditional)],
            [Text(), Condition.FromSketch(Imaging.Pictures.Filled(1, 1, Mcdm.Imaging.PictureColor.White))]);
        using var z = ones([1, 1, Side, Side]);
        composer.PredictNoise(z, 600).Dispose();
        Assert.Equal((1, 1 + 2, 1, 1), (_own.Calls, unconditional.Calls, expert.Calls, sketch.Calls));
        Assert.Equal(6, composer.EvaluationsPerStep);
        Assert.Equal((1, 3), (codec.Encoded, codec.Decoded));
    }

    [Fact]
    public void A_condition_of_weight_0_is_not_evaluated()
    {
        var codec = new LinearCodec(2, 0);
        var (expert, unconditional) = There(2, 0);
        using var composer = new Composer([_own, Crossing(new Bridge("other", PixelCodec.Instance, codec, new BridgeOptions()), expert, unconditional)], [Text(0)]);
        using var z = ones([1, 1, Side, Side]);
        composer.PredictNoise(z, 600).Dispose();
        Assert.Equal((1, 0, 0), (_own.Calls, unconditional.Calls, expert.Calls));
        Assert.Equal((0, 0), (codec.Encoded, codec.Decoded));
    }

    [Fact]
    public void Weight_0_and_the_end_ask_the_other_model_nothing()
    {
        var bridge = new Bridge("other", PixelCodec.Instance, new LinearCodec(2, 0), new BridgeOptions());
        var (expert, unconditional) = There(2, 0);
        IExpert[] experts = [_own, Crossing(bridge, expert, unconditional)];
        int end = (int)Math.Ceiling(bridge.EndIn(Process));
        Assert.InRange(end, 290, 310);
        using var z = ones([1, 1, Side, Side]);
        using (var nothing = new Composer(experts, [Text(0)])) { nothing.PredictNoise(z, 600).Dispose(); }
        using (var late = new Composer(experts, [Text()]))
        {
            late.PredictNoise(z, end - 1).Dispose();
            Assert.Equal(0, expert.Calls + unconditional.Calls);
            late.PredictNoise(z, end).Dispose();
        }
        Assert.Equal((1, 1 + 2), (expert.Calls, unconditional.Calls));
    }

    [Fact]
    public void A_picture_is_the_same_in_any_batch()
    {
        var bridge = new Bridge("other", PixelCodec.Instance, new LinearCodec(2, 0), new BridgeOptions());
        var (expert, unconditional) = There(2, 0);
        IExpert[] experts = [_own, Crossing(bridge, expert, unconditional)];
        using var with = new Composition(experts, [Text()]);
        using var without = new Composition(experts, []);
        using var z = linspace(-1, 1, 3 * Side * Side).reshape(3, 1, Side, Side);
        using var together = new Composer([with, without, with]) { Seeds = [5, 6, 7] };
        using var alone = new Composer([with]) { Seeds = [7] };
        using var all = together.PredictNoise(z, 600);
        using var one = alone.PredictNoise(z[2..], 600);
        Assert.Equal(one.data<float>().ToArray(), all[2..].data<float>().ToArray());
        using var other = new Composer([with]) { Seeds = [8] };
        Assert.NotEqual(one.data<float>().ToArray(), other.PredictNoise(z[2..], 600).data<float>().ToArray());
        // The one without conditions is ε_u's.
        Assert.Equal(_own.PredictNoise(z[1..2], 600).data<float>().ToArray(), all[1..2].data<float>().ToArray());
    }

    [Fact]
    public void Both_ways_of_asking_agree()
    {
        var bridge = new Bridge("other", PixelCodec.Instance, new LinearCodec(2, 0), new BridgeOptions { Strength = 1 });
        var (expert, unconditional) = There(2, 0);
        var crossing = Crossing(bridge, expert, unconditional);
        using var z = linspace(-1, 1, Side * Side).reshape(1, 1, Side, Side);
        using var composer = new Composer([_own, crossing], [Text()]);
        using var composed = composer.PredictNoise(z, 600);
        Assert.InRange((composed - crossing.PredictNoise(z, 600, null)).abs().max().ToDouble(), 0, 1e-5);
    }

    [Theory]
    [InlineData("Mixture", "CombinerBridge")]
    [InlineData("Superposition", "CombinerBridge")]
    [InlineData("Residual", "CombinerResidual")]
    [InlineData("Composite", "CombinerBridge")]
    public void Rules_that_add_nothing_to_the_unconditional_prediction_are_refused(string name, string id)
    {
        var bridge = new Bridge("other", PixelCodec.Instance, PixelCodec.Instance, new BridgeOptions());
        var (expert, unconditional) = There(1, 0);
        var refused = Assert.Throws<McdmException>(() => new Composition([_own, Crossing(bridge, expert, unconditional)], [Text()], combiner: Combiner.Parse(name)));
        Assert.Equal(id, refused.Id);
        if (id == "CombinerBridge") { Assert.Contains("other.text", refused.Message, StringComparison.Ordinal); }
    }

    [Theory]
    [InlineData(double.NaN, 1, 0)]
    [InlineData(1, double.PositiveInfinity, 0)]
    [InlineData(1, 1, -1)]
    public void Settings_that_mean_nothing_are_refused(double moreNoise, double strength, int corrections)
    {
        var options = new BridgeOptions { MoreNoise = moreNoise, Strength = strength, Corrections = corrections };
        Assert.Equal("BridgeOptionsInvalid", Assert.Throws<McdmException>(options.Check).Id);
    }

    [Theory]
    [InlineData(-0.5)]
    [InlineData(1.1)]
    [InlineData(-2.25)]
    public void A_level_is_found_by_its_signal_to_noise_ratio(double lambda)
    {
        var level = Process.LevelOfLambda(lambda);
        Assert.Equal(lambda, level.Lambda, 9);
        Assert.InRange(lambda, Process.Level((int)Math.Ceiling(level.T)).Lambda, Process.Level((int)level.T).Lambda);
        Assert.Equal(1000, Process.LevelOfLambda(-40).T);
        Assert.Equal(1, Process.LevelOfLambda(40).T);
    }
}
