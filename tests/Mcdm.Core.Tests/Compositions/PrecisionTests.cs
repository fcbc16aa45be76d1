using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Precision = Mcdm.Diffusion.Composition.Precision;

namespace Mcdm.Core.Tests.Compositions;

/// <summary>The rule that weighs experts by what they leave open, against products of Gaussian densities.</summary>
public sealed class PrecisionTests
{
    private static readonly NoiseLevel s_level = new VariancePreserving(NoiseScheduleKind.Cosine, 1000).Level(500);

    private static Tensor Random(int seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed);
        return randn(shape, generator: generator);
    }

    private static void AssertEqual(Tensor expected, Tensor actual, double tolerance = 1e-4) =>
        Assert.InRange((expected - actual).abs().max().ToDouble(), 0, tolerance * Math.Max(1, expected.abs().max().ToDouble()));

    /// <summary>A table of the same variances at all levels, for pictures that are halved some times.</summary>
    private static VarianceTable Table(int scales, double open, params double[] experts)
    {
        IReadOnlyList<BandVariances> Levels(double variance) => [.. new[] { -5.0, 4.0 }.Select(lambda => new BandVariances(lambda, [.. Enumerable.Repeat(variance, 3 * scales + 1)]))];
        var all = experts.Select((variance, i) => (Name: $"e{i}", variance)).Append((Name: VarianceTable.Unconditional, variance: open)).ToList();
        return new VarianceTable { Experts = all.ToDictionary(e => e.Name, e => Levels(e.variance)), Pictures = all.ToDictionary(e => e.Name, _ => 1) };
    }

    private static Combiner Rule(VarianceTable table, Tensor pushes) =>
        new Precision().Prepared(table, [.. Enumerable.Range(0, (int)pushes.shape[0]).Select(i => $"e{i}")], null, (int)pushes.shape[3], (int)pushes.shape[4]);

    private static Tensor Compose(Combiner rule, Tensor pushes, Tensor? weights = null)
    {
        int terms = (int)pushes.shape[0], pictures = (int)pushes.shape[1];
        var predictions = new Predictions(zeros_like(pushes[0]), pushes, weights ?? ones([terms, pictures, 1, 1, 1]),
            [.. Enumerable.Range(0, terms).Select(_ => Enumerable.Repeat(true, pictures).ToArray())], [.. Enumerable.Repeat(true, pictures)])
        {
            Experts = [.. Enumerable.Range(0, terms).Select(i => $"e{i}")],
        };
        return rule.RuleOf([]).Compose(pushes[0], s_level, predictions);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(12)]
    public void Products_of_Gaussian_densities_are_exact(int terms)
    {
        // D_u = 0: posteriors N(D_i, v_i), each over N(0, v_u) once too often but once.
        double open = 0.9;
        double[] variances = [.. Enumerable.Range(0, terms).Select(i => 0.1 + 0.7 * i / terms)];
        var pushes = Random(1, terms, 2, 3, 4, 6);
        var precision = tensor(variances.Select(v => 1 / v).ToArray()).reshape(-1, 1, 1, 1, 1);
        var expected = (precision * pushes).sum(0L) / (precision.sum() + (1 - terms) / open);
        AssertEqual(expected, Compose(Rule(Table(1, open, variances), pushes), pushes));
    }

    [Fact]
    public void Equal_variances_of_all_are_the_product()
    {
        var pushes = Random(1, 3, 2, 2, 8, 8);
        AssertEqual(pushes.sum(0L), Compose(Rule(Table(3, 0.4, 0.4, 0.4, 0.4), pushes), pushes));
    }

    [Fact]
    public void What_leaves_nothing_open_is_the_same_given_twice()
    {
        var push = Random(1, 1, 2, 2, 8, 8);
        var twice = cat([push, push]);
        AssertEqual(push[0], Compose(Rule(Table(3, 0.4, 1e-9, 1e-9), twice), twice));
    }

    [Fact]
    public void More_open_than_without_the_condition_is_as_open()
    {
        var pushes = Random(1, 2, 1, 2, 4, 4);
        AssertEqual(pushes.sum(0L), Compose(Rule(Table(2, 0.4, 0.5, 0.4), pushes), pushes));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(7.5)]
    [InlineData(-2)]
    public void One_condition_is_what_it_was_and_a_negative_weight_takes_no_part(double weight)
    {
        var push = Random(1, 1, 2, 3, 4, 4);
        AssertEqual(weight * push[0], Compose(Rule(Table(2, 1, 0.1), push), push, full([1, 2, 1, 1, 1], weight)));
        var both = Random(2, 2, 2, 3, 4, 4);
        AssertEqual(weight * both[0] - 0.5 * both[1], Compose(Rule(Table(2, 1, 0.1, 0.2), both), both, tensor([(float)weight, -0.5f]).reshape(2, 1, 1, 1, 1).expand(-1, 2, -1, -1, -1)));
    }

    [Fact]
    public void Outside_of_a_region_the_other_condition_has_its_own()
    {
        var pushes = Random(1, 2, 1, 1, 8, 16);
        var region = zeros([1, 1, 1, 8, 16]);
        region[.., .., .., .., ..8] = 1;
        var composed = Compose(Rule(Table(0, 1, 0.1, 0.1), pushes), pushes, cat([ones([1, 1, 1, 8, 16]), region]));
        AssertEqual(pushes[0][.., .., .., 8..], composed[.., .., .., 8..]);
        AssertEqual((pushes.sum(0L) * (10 / (10 + 9.0)))[.., .., .., ..8], composed[.., .., .., ..8]);
    }

    [Fact]
    public void Nothing_asked_for_and_no_numbers_divide_by_nothing()
    {
        var nothing = zeros([3, 1, 2, 4, 4]);
        AssertEqual(nothing[0], Compose(Rule(Table(2, 1, 0.1, 0.2, 0.3), nothing), nothing));
    }

    [Fact]
    public void A_table_that_is_missing_or_of_others_is_refused_with_the_command_that_measures_one()
    {
        var table = Table(2, 1, 0.1);
        foreach (var (given, expert, autoencoder, side) in new[] { ((VarianceTable?)null, "e0", (string?)null, 4), (table, "other", null, 4), (table, "e0", "abc", 4), (table, "e0", null, 6) })
        {
            var refused = Assert.Throws<McdmException>(() => new Precision().Prepared(given, [expert], autoencoder, side, side));
            Assert.Equal("VariancesMissing", refused.Id);
            Assert.Contains("Measure-McdmVariance", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Projection", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(table.Hash, ((Precision)new Precision().Prepared(table, ["e0"], null, 8, 4)).Table);
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(8, 12, 2)]
    [InlineData(24, 24, 3)]
    [InlineData(32, 32, 5)]
    public void Haar_bands_are_orthonormal_and_come_back(int height, int width, int scales)
    {
        Assert.Equal(scales, HaarBands.ScalesOf(height, width));
        var x = Random(1, 2, 3, height, width);
        var bands = HaarBands.Split(x, scales);
        Assert.Equal(HaarBands.Count(scales), bands.Count);
        AssertEqual(x, HaarBands.Join(bands));
        AssertEqual(x.square().sum(), stack(bands.Select(band => band.square().sum())).sum());
        // A flat picture is in the last band alone.
        Assert.Equal(0, HaarBands.Split(ones_like(x), scales).SkipLast(1).Sum(band => band.abs().sum().ToDouble()));
    }

    [Fact]
    public void Variances_between_levels_go_by_even_steps_of_their_logarithm()
    {
        var table = new VarianceTable { Experts = new Dictionary<string, IReadOnlyList<BandVariances>> { ["unconditional"] = [new(-2, [1]), new(0, [0.01])] }, Pictures = new Dictionary<string, int>() };
        Assert.Equal([1, 0.1, 0.01, 1, 0.01], new[] { -2, -1, 0, double.NegativeInfinity, 3 }.Select(lambda => Math.Round(table.At("unconditional", lambda)[0], 9)));
    }
}
