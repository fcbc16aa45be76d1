using Mcdm.Benchmarks.Bias;
using Mcdm.Diffusion.Composition;
using Xunit;

namespace Mcdm.Core.Tests.Compositions;

/// <summary>The rules on pictures of normal distributions, whose true posterior is known: what each is true of, and what it is not.</summary>
public sealed class SharedEvidenceTests
{
    private const int Samples = 1500, Steps = 60;

    private static (double Bias, double Spread) Errors(string problem, Func<FieldProblem, Combiner> rule)
    {
        var field = FieldProblem.All().Single(one => one.Name == problem);
        return field.Errors(rule(field), Samples, Steps, seed: 1);
    }

    private static (double Bias, double Spread) Product(string problem) => Errors(problem, _ => new Product());

    private static (double Bias, double Spread) Projection(string problem) => Errors(problem, _ => new Projection());

    private static (double Bias, double Spread) Precise(string problem) => Errors(problem, field => field.Precise());

    [Theory]
    [InlineData("24 pixels, differences twice, without noise", 0.2)]
    [InlineData("24 pixels, three times differences, without noise", 0.4)]
    public void What_is_told_twice_without_noise_is_told_once_to_the_projection(string problem, double ofProduct)
    {
        Assert.InRange(Product(problem).Bias, ofProduct, 1);
        var (bias, spread) = Projection(problem);
        Assert.InRange(bias, 0, 0.05);
        Assert.InRange(spread, 0.92, 1.06);
    }

    [Theory]
    [InlineData("1-D, measured twice, with noise", 0.65)]
    [InlineData("1-D, three of the same, with noise", 0.4)]
    [InlineData("1-D, strong and weak, with noise", 0.6)]
    public void Noisy_measurements_are_weighed_as_they_should_be_by_precision(string problem, double mostOfProduct)
    {
        Assert.InRange(Product(problem).Spread, 0, mostOfProduct);
        var (bias, spread) = Precise(problem);
        Assert.InRange(bias, 0, 0.05);
        Assert.InRange(spread, 0.88, 1.1);
    }

    /// <summary>By design: it takes repeated measurements for the same one.</summary>
    [Fact]
    public void Repeated_noisy_measurements_are_too_little_to_the_projection() =>
        Assert.InRange(Projection("1-D, three of the same, with noise").Spread, 1.15, 2);

    [Fact]
    public void What_says_different_things_is_exact_under_all_three()
    {
        const string Problem = "24 pixels, differences and means, without noise";
        foreach (var (bias, spread) in new[] { Product(Problem), Projection(Problem), Precise(Problem) })
        {
            Assert.InRange(bias, 0, 0.04);
            Assert.InRange(spread, 0.85, 1.15);
        }
    }
}
