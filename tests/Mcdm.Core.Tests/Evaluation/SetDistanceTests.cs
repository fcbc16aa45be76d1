using Mcdm.Evaluation;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Evaluation;

/// <summary>Distances between sets, held against values that are computed in another way.</summary>
public sealed class SetDistanceTests
{
    private static Tensor Features(params double[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);

    private static Tensor Normal(int count, int dimensions, long seed)
    {
        using var generator = new Generator((ulong)seed);
        return randn([count, dimensions], dtype: ScalarType.Float64, generator: generator);
    }

    /// <summary>For two dimensions, tr √(Σ₁Σ₂) = √(tr Σ₁Σ₂ + 2 √(det Σ₁ det Σ₂)) (Cayley and Hamilton); the matrices do not commute.</summary>
    [Theory]
    [InlineData(2, 0.9, 1, 1, 0, 3)]
    [InlineData(4, 1.5, 2, 0.5, -0.3, 1)]
    [InlineData(1, 0, 1, 1, 0, 1)]
    public void Frechet_distance_of_gaussians_has_its_closed_form(double a, double b, double d, double e, double f, double h)
    {
        using var scope = NewDisposeScope();
        double traceOfProduct = a * e + 2 * b * f + d * h, determinants = (a * d - b * b) * (e * h - f * f);
        double expected = 0.25 + 9 + (a + d) + (e + h) - 2 * Math.Sqrt(traceOfProduct + 2 * Math.Sqrt(determinants));
        double found = FrechetDistance.BetweenGaussians(tensor(new[] { 1.0, -2 }), Features([a, b], [b, d]), tensor(new[] { 0.5, 1 }), Features([e, f], [f, h]));
        Assert.Equal(expected, found, 9);
    }

    [Fact]
    public void Frechet_distance_of_independent_features_is_the_sum_of_one_dimensional_ones()
    {
        using var scope = NewDisposeScope();
        double[] mean = [0, 3, 1], variance1 = [1, 4, 9], variance2 = [2.25, 4, 0];
        double expected = mean.Zip(variance1.Zip(variance2), (m, v) => m * m + Math.Pow(Math.Sqrt(v.First) - Math.Sqrt(v.Second), 2)).Sum();
        Assert.Equal(expected, FrechetDistance.BetweenGaussians(tensor(mean), diag(tensor(variance1)), zeros(3, dtype: ScalarType.Float64), diag(tensor(variance2))), 9);
    }

    [Fact]
    public void Fid_of_samples_comes_near_that_of_their_gaussians()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (Normal(400_000, 3, 1), 2 * Normal(400_000, 3, 2) + 1);
        Assert.Equal(3 * (1 + 1), FrechetDistance.BetweenSamples(x, y), 0.05);
    }

    [Fact]
    public void Fid_of_a_set_to_itself_is_0_though_it_has_fewer_pictures_than_features()
    {
        using var scope = NewDisposeScope();
        var x = Normal(60, 128, 3);
        Assert.InRange(FrechetDistance.BetweenSamples(x, x), 0, 1e-6);
    }

    /// <summary>In one dimension k(x, y) = (xy + 1)³ = Σ C(3, j) xʲyʲ, so MMD² = Σ C(3, j) (E xʲ − E yʲ)².</summary>
    [Fact]
    public void Kid_of_samples_comes_near_that_of_their_gaussians()
    {
        using var scope = NewDisposeScope();
        const double mean = 0.5, variance = 0.25;
        double[] moments1 = [0, 1, 0], moments2 = [mean, mean * mean + variance, mean * mean * mean + 3 * mean * variance];
        double expected = new[] { 3.0, 3, 1 }.Select((binomial, j) => binomial * Math.Pow(moments1[j] - moments2[j], 2)).Sum();
        double found = Enumerable.Range(0, 40).Average(i => KernelDistance.Between(Normal(1000, 1, 2 * i), Math.Sqrt(variance) * Normal(1000, 1, 2 * i + 1) + mean));
        Assert.Equal(expected, found, 0.15);
    }

    [Fact]
    public void Kid_is_the_mean_over_pairs_of_different_members()
    {
        using var scope = NewDisposeScope();
        double[][] x = [[1, 2], [0, 1], [-1, 3]], y = [[2, 2], [1, -1]];
        static double k(double[] a, double[] b) => Math.Pow((a[0] * b[0] + a[1] * b[1]) / 2 + 1, 3);
        double within(double[][] set) => set.SelectMany((a, i) => set.Where((_, j) => j != i).Select(b => k(a, b))).Average();
        Assert.Equal(within(x) + within(y) - 2 * x.SelectMany(a => y.Select(b => k(a, b))).Average(), KernelDistance.Between(Features(x), Features(y)), 9);
    }

    [Fact]
    public void Kid_is_unbiased_so_sets_of_one_distribution_are_below_0_as_often_as_above()
    {
        using var scope = NewDisposeScope();
        int below = Enumerable.Range(0, 200).Count(i => KernelDistance.Between(Normal(60, 4, 2 * i), Normal(60, 4, 2 * i + 1)) < 0);
        Assert.InRange(below, 60, 160);
    }

    [Fact]
    public void Samples_of_one_of_two_kinds_are_precise_but_recall_half()
    {
        using var scope = NewDisposeScope();
        var (here, there) = (Normal(100, 2, 6), Normal(100, 2, 7) + 1000);
        var (precision, recall) = PrecisionRecall.Of(here, cat([here, there]));
        Assert.Equal((1, 0.5), (precision, recall));
        Assert.Equal((0, 0), PrecisionRecall.Of(there, here));
    }

    /// <summary>On a line, the third neighbour of 0 among 0, 1, 2, 3 is 3 away, that of 1 is 2 away: the manifold is −3…6.</summary>
    [Theory]
    [InlineData(-3, 1)]
    [InlineData(-3.1, 0)]
    [InlineData(6, 1)]
    [InlineData(6.1, 0)]
    public void A_manifold_reaches_to_the_third_neighbour(double sample, double precision)
    {
        using var scope = NewDisposeScope();
        var samples = Features([sample], [sample], [sample], [sample]);
        Assert.Equal(precision, PrecisionRecall.Of(samples, Features([0], [1], [2], [3])).Precision);
    }

    [Fact]
    public void Diversity_is_the_mean_distance_of_pairs()
    {
        using var scope = NewDisposeScope();
        Assert.Equal((3 + 4 + 5) / 3.0, Diversity.Of(Features([0, 0], [3, 0], [0, 4])), 9);
        Assert.Equal(0, Diversity.Of(Features([2, 1], [2, 1])));
    }
}
