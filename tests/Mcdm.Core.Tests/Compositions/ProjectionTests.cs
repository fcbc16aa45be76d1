using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

/// <summary>The rule that counts once what conditions say alike, against problems with known answers and against a plain solver.</summary>
public sealed class ProjectionTests
{
    private static readonly NoiseLevel s_level = new VariancePreserving(NoiseScheduleKind.Cosine, 1000).Level(500);

    /// <summary>ε_c where ε_u is 0, so that pushes are the predictions: [B, C, H, W] of [J, B, C, H, W].</summary>
    private static Tensor Compose(Tensor pushes, Tensor? weights = null, Combiner? combiner = null)
    {
        int terms = (int)pushes.shape[0], pictures = (int)pushes.shape[1];
        var predictions = new Predictions(zeros_like(pushes[0]), pushes, weights ?? ones([terms, pictures, 1, 1, 1]),
            [.. Enumerable.Range(0, terms).Select(_ => Enumerable.Repeat(true, pictures).ToArray())], [.. Enumerable.Repeat(true, pictures)]);
        return (combiner ?? new Projection()).RuleOf([]).Compose(pushes[0], s_level, predictions);
    }

    private static void AssertEqual(Tensor expected, Tensor actual, double tolerance = 1e-5) =>
        Assert.InRange((expected - actual).abs().max().ToDouble(), 0, tolerance * Math.Max(1, expected.abs().max().ToDouble()));

    private static Tensor Random(int seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed);
        return randn(shape, generator: generator);
    }

    /// <summary>Pushes of N channels, each of one channel alone: orthogonal at every place.</summary>
    private static Tensor Orthogonal(int terms) => Random(1, terms, 2, 1, 6, 7) * eye(terms).reshape(terms, 1, terms, 1, 1);

    public static TheoryData<int> Numbers => [2, 3, 4, 5, 8, 12];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Equal_pushes_are_one(int terms)
    {
        var push = Random(1, 1, 2, 3, 6, 7);
        AssertEqual(push[0], Compose(push.expand(terms, -1, -1, -1, -1)), 1e-3);
        AssertEqual(full(1, 1.0 / terms), Projection.Shares(push.expand(terms, -1, -1, -1, -1)), 1e-3);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Orthogonal_pushes_are_the_product(int terms) => AssertEqual(Orthogonal(terms).sum(0L), Compose(Orthogonal(terms)));

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Of_parallel_pushes_the_longest_counts(int terms)
    {
        var lengths = linspace(0.3, 1, terms).reshape(-1, 1, 1, 1, 1);
        var push = Random(1, 1, 2, 3, 6, 7);
        AssertEqual(push[0], Compose(lengths * push), 2e-3);
        AssertEqual(cat([zeros([terms - 1]), ones([1])]).reshape(-1, 1, 1, 1, 1).expand(-1, 2, 1, 6, 7), Projection.Shares(lengths * push), 2e-3);
    }

    [Fact]
    public void Opposed_pushes_are_the_product()
    {
        var push = Random(1, 1, 2, 3, 6, 7);
        var pushes = cat([push, -0.4 * push]);
        AssertEqual(0.6 * push[0], Compose(pushes));
        AssertEqual(ones(1), Projection.Shares(pushes));
    }

    [Theory]
    [InlineData(0.2, 0.5)]
    [InlineData(0.8, 4)]
    [InlineData(0.8, 100)]
    public void Easing_gives_way_to_the_product_the_sooner_the_less_pushes_are_alike(double cosine, double easing)
    {
        // Two pushes of one length at that angle, the same everywhere: κ = 1 ÷ (1 + cosine).
        var pushes = tensor([1, 0, (float)cosine, (float)Math.Sqrt(1 - cosine * cosine)]).reshape(2, 1, 2, 1, 1).expand(2, 1, 2, 6, 7);
        double kappa = 1 - Math.Pow(s_level.Sigma, easing * (1 - cosine) * (1 - cosine)) * (1 - 1 / (1 + cosine));
        AssertEqual(kappa * pushes.sum(0L), Compose(pushes, combiner: new Projection(Easing: easing)), 1e-3);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Easing_leaves_equal_pushes_one_and_orthogonal_ones_the_product(int terms)
    {
        var push = Random(1, 1, 2, 3, 6, 7);
        var eased = new Projection(Easing: 1000);
        AssertEqual(push[0], Compose(push.expand(terms, -1, -1, -1, -1), combiner: eased), 1e-3);
        AssertEqual(Orthogonal(terms).sum(0L), Compose(Orthogonal(terms), combiner: eased));
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void The_order_of_conditions_does_not_matter(int terms)
    {
        // Some are equal, some nearly, some others altogether.
        var pushes = Random(2, terms, 2, 2, 6, 7);
        pushes[terms - 1] = pushes[0];
        if (terms > 3) { pushes[2] = pushes[1] * 0.99 + 0.001 * pushes[3]; }
        var order = randperm(terms, ScalarType.Int64);
        var moved = Projection.Shares(pushes.index_select(0, order));
        AssertEqual(Projection.Shares(pushes).index_select(0, order), moved, 1e-4);
    }

    /// <summary>Against projected gradient descent on the same problem with all places' window as one, which needs thousands of steps.</summary>
    [Theory]
    [MemberData(nameof(Numbers))]
    public void Shares_solve_the_problem_exactly(int terms)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            // Few channels: pushes overlap, as many as there are, and bounds hold.
            var d = Random(seed, terms, 4).to(ScalarType.Float64) + (seed % 2) * 0.7;
            var shares = Projection.Shares(d.to(ScalarType.Float32).reshape(terms, 1, 4, 1, 1)).flatten().to(ScalarType.Float64);
            double[,] gram = Products(d);
            double[] expected = Descend(gram), found = shares.data<double>().ToArray();
            double longest = Enumerable.Range(0, terms).Max(i => gram[i, i]);
            Assert.InRange(Value(gram, found), double.NegativeInfinity, Value(gram, expected) + 1e-3 * longest);
            var error = tensor(found) - tensor(expected);
            Assert.InRange(error.unsqueeze(0).matmul(d).norm().ToDouble(), 0, 2e-2 * Math.Sqrt(longest));
        }
    }

    private static double[,] Products(Tensor d)
    {
        int terms = (int)d.shape[0];
        var products = new double[terms, terms];
        Buffer.BlockCopy(d.matmul(d.t()).contiguous().data<double>().ToArray(), 0, products, 0, terms * terms * sizeof(double));
        return products;
    }

    private static double Value(double[,] gram, double[] kappa) =>
        Enumerable.Range(0, kappa.Length).Sum(i => kappa[i] * (Enumerable.Range(0, kappa.Length).Sum(j => gram[i, j] * kappa[j]) / 2 - gram[i, i]));

    private static double[] Descend(double[,] gram)
    {
        int terms = gram.GetLength(0);
        double[] kappa = [.. Enumerable.Repeat(1.0, terms)], next = new double[terms];
        for (int step = 0; step < 20_000; step++)
        {
            for (int i = 0; i < terms; i++)
            {
                double slope = -gram[i, i];
                for (int j = 0; j < terms; j++) { slope += gram[i, j] * kappa[j]; }
                next[i] = Math.Clamp(kappa[i] - slope / gram[i, i] / terms, 0, 1);
            }
            (kappa, next) = (next, kappa);
        }
        return kappa;
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(7.5)]
    [InlineData(-2)]
    public void One_condition_is_what_it_was_at_any_weight(double weight)
    {
        var push = Random(1, 1, 2, 3, 6, 7);
        AssertEqual(weight * push[0], Compose(push, full([1, 2, 1, 1, 1], weight)));
    }

    [Fact]
    public void A_negative_weight_takes_no_part()
    {
        var push = Random(1, 1, 1, 3, 6, 7);
        AssertEqual(-0.5 * push[0], Compose(cat([push, push]), tensor([1f, -1.5f]).reshape(2, 1, 1, 1, 1)));
    }

    [Fact]
    public void Two_alike_of_weight_a_half_are_one_of_a_half()
    {
        var push = Random(1, 1, 1, 3, 6, 7);
        AssertEqual(0.5 * push[0], Compose(cat([push, push]), full([2, 1, 1, 1, 1], 0.5)), 1e-3);
        Assert.True(new Projection().NeedsUnconditional([new TermWeight(0.5, true, false), new TermWeight(0.5, true, false)]));
        Assert.False(new Product().NeedsUnconditional([new TermWeight(0.5, true, false), new TermWeight(0.5, true, false)]));
        Assert.False(new Projection().NeedsUnconditional([new TermWeight(1, true, false), new TermWeight(0, true, false)]));
    }

    [Fact]
    public void Where_a_region_ends_the_other_condition_has_its_own()
    {
        var push = Random(1, 1, 1, 3, 6, 16);
        var region = zeros([1, 1, 1, 6, 16]);
        region[.., .., .., .., ..8] = 1;
        var composed = Compose(cat([push, push]), cat([ones([1, 1, 1, 6, 16]), region]));
        // Further inside than a window reaches, both are one; outside, the first is alone.
        AssertEqual(push[0], composed, 1e-3);
        AssertEqual(ones(1), Projection.Shares(cat([push, region * push]))[.., .., .., .., 10..]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 31)]
    public void Sizes_are_any(int height, int width)
    {
        var push = Random(1, 1, 2, 3, height, width);
        AssertEqual(push[0], Compose(cat([push, push, push])), 1e-3);
    }

    [Fact]
    public void Pictures_of_a_batch_do_not_meet()
    {
        var pushes = Random(3, 3, 4, 2, 5, 6);
        var together = Compose(pushes);
        for (int k = 0; k < 4; k++) { Assert.True(together[k].equal(Compose(pushes.narrow(1, k, 1))[0]).all().ToBoolean()); }
    }

    [Fact]
    public void Nothing_asked_for_is_no_division_by_zero_and_a_prediction_that_is_no_number_spoils_no_neighbour()
    {
        AssertEqual(zeros(1), Compose(zeros([3, 1, 2, 5, 5])));
        var tiny = Random(1, 1, 1, 2, 5, 5);
        AssertEqual(tiny[0] * (1 + 1e-9), Compose(cat([tiny, 1e-9 * tiny])));
        Assert.True(Compose(cat([tiny * 1e-25, tiny * 1e-25])).isfinite().all().ToBoolean());
        var broken = Random(1, 2, 1, 2, 9, 9);
        broken[0, 0, 0, 4, 4] = float.NaN;
        Assert.Equal(1, Compose(broken).isnan().sum().ToInt64());
    }

    [Fact]
    public void Guidance_is_rescaled_as_the_products()
    {
        var pushes = Orthogonal(2);
        var weights = full([2, 2, 1, 1, 1], 5);
        AssertEqual(Compose(pushes, weights, new Product(0.7)), Compose(pushes, weights, new Projection(0.7)));
    }
}
