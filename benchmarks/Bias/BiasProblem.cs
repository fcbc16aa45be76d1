using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Bias;

/// <summary>Two experts whose product with each other, over the unconditional density, is known.</summary>
internal sealed record BiasProblem(string Name, NormalMixture Unconditional, NormalMixture First, NormalMixture Second)
{
    private const int Directions = 12, GridPoints = 2001;
    private const double Reach = 5;

    public static IReadOnlyList<BiasProblem> All { get; } =
    [
        new("1-D, two normal", Normal([0], [1]), Normal([0], [Math.Sqrt(0.34)]), Normal([0], [Math.Sqrt(0.34)])),
        new("1-D, two peaks × normal", Normal([0], [1]), new(new Component(1, [-0.8], [0.35]), new Component(1, [0.8], [0.35])), Normal([0.4], [0.6])),
        new("2-D, four peaks × two", Normal([0, 0], [1, 1]),
            new(new Component(1, [-0.7, -0.7], [0.4, 0.4]), new Component(1, [0.7, -0.7], [0.4, 0.4]), new Component(1, [-0.7, 0.7], [0.4, 0.4]), new Component(1, [0.7, 0.7], [0.4, 0.4])),
            new(new Component(1, [0.5, 0], [0.5, 0.8]), new Component(0.5, [-0.5, -0.5], [0.5, 0.5]))),
        new("2-D, an axis each: (12) is exact", Normal([0, 0], [1, 1]),
            new(new Component(1, [-0.8, 0], [0.35, 1]), new Component(1, [0.8, 0], [0.35, 1])), Normal([0, 0.4], [1, 0.6])),
    ];

    public NormalMixture Truth { get; } = NormalMixture.Product(First, Second, Unconditional);

    public IExpert[] Experts => [new ExactExpert(Unconditional, null), new ExactExpert(First, Modality.Text), new ExactExpert(Second, Modality.Sketch)];

    public static Condition[] Conditions => [Condition.FromText("first"), Condition.FromSketch(new Picture(1, 1, [255, 255, 255, 255]))];

    private static NormalMixture Normal(double[] mean, double[] deviation) => new(new Component(1, mean, deviation));

    /// <summary>
    /// How far samples lie from the truth: the Wasserstein-1 distance ∫|F − F_true|, in 2-D averaged over directions (sliced).
    /// </summary>
    /// <param name="samples">Float64 [count, dimensions].</param>
    public double Distance(Tensor samples)
    {
        int directions = Truth.Dimensions == 1 ? 1 : Directions;
        return Enumerable.Range(0, directions).Average(i =>
        {
            using var scope = NewDisposeScope();
            double[] direction = Truth.Dimensions == 1 ? [1] : [Math.Cos(Math.PI * i / directions), Math.Sin(Math.PI * i / directions)];
            var (sorted, _) = samples.matmul(tensor(direction)).sort();
            var grid = linspace(-Reach, Reach, GridPoints, ScalarType.Float64);
            var below = searchsorted(sorted, grid, right: true).to(ScalarType.Float64) / samples.shape[0];
            return (below - Truth.Cumulative(grid, direction)).abs().mean().ToDouble() * 2 * Reach;
        });
    }
}
