using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Bias;

/// <summary>One normal distribution of a mixture, independent along each axis.</summary>
/// <param name="Weight">Its share, up to a factor common to all.</param>
/// <param name="Mean">μ along each axis.</param>
/// <param name="Deviation">s along each axis.</param>
internal sealed record Component(double Weight, double[] Mean, double[] Deviation);

/// <summary>A mixture of normal distributions, whose products and noisy versions are known.</summary>
internal sealed class NormalMixture
{
    public NormalMixture(params IReadOnlyList<Component> components)
    {
        double sum = components.Sum(component => component.Weight);
        Components = components.Select(component => component with { Weight = component.Weight / sum }).ToList();
    }

    /// <summary>The components; their weights sum to one.</summary>
    public IReadOnlyList<Component> Components { get; }

    /// <summary>Number of axes.</summary>
    public int Dimensions => Components[0].Mean.Length;

    /// <summary>first × second / over, normalised; <paramref name="over"/> is a single normal distribution.</summary>
    public static NormalMixture Product(NormalMixture first, NormalMixture second, NormalMixture over) => new(
        [.. from a in first.Components from b in second.Components select Product(a, b, over.Components[0])]);

    private static Component Product(Component a, Component b, Component over)
    {
        double log = Math.Log(a.Weight * b.Weight);
        double[] mean = new double[a.Mean.Length], deviation = new double[a.Mean.Length];
        for (int d = 0; d < mean.Length; d++)
        {
            (double Mean, double Precision, int Sign)[] factors =
                [(a.Mean[d], Precision(a, d), 1), (b.Mean[d], Precision(b, d), 1), (over.Mean[d], Precision(over, d), -1)];
            double precision = factors.Sum(f => f.Sign * f.Precision);
            mean[d] = factors.Sum(f => f.Sign * f.Precision * f.Mean) / precision;
            deviation[d] = 1 / Math.Sqrt(precision);
            log += 0.5 * (factors.Sum(f => f.Sign * (Math.Log(f.Precision) - f.Precision * f.Mean * f.Mean)) + precision * mean[d] * mean[d] - Math.Log(precision));
        }
        return new Component(Math.Exp(log), mean, deviation);
    }

    private static double Precision(Component component, int d) => 1 / (component.Deviation[d] * component.Deviation[d]);

    /// <summary>Exact samples, float64 [count, dimensions].</summary>
    public Tensor Draw(int count, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var chosen = multinomial(tensor(Components.Select(c => c.Weight).ToArray()), count, replacement: true, generator: generator);
        Tensor Of(Func<Component, double[]> values) => stack(Components.Select(c => tensor(values(c)))).index_select(0, chosen);
        return (Of(c => c.Mean) + Of(c => c.Deviation) * randn([count, Dimensions], ScalarType.Float64, generator: generator)).MoveToOuterDisposeScope();
    }

    /// <summary>Probability of lying below x along a direction of length 1, float64, of x's shape.</summary>
    public Tensor Cumulative(Tensor x, double[] direction) => Along(direction, (weight, mean, deviation) => 0.5 * weight * (1 + special.erf((x - mean) / (deviation * Math.Sqrt(2)))));

    /// <summary>The density at x along a direction of length 1, float64, of x's shape.</summary>
    public Tensor Density(Tensor x, double[] direction) => Along(direction, (weight, mean, deviation) =>
        weight / (deviation * Math.Sqrt(2 * Math.PI)) * (((x - mean) / deviation).square() * -0.5).exp());

    private Tensor Along(double[] direction, Func<double, double, double, Tensor> value) => Components
        .Select(c => value(c.Weight, c.Mean.Zip(direction, (m, e) => m * e).Sum(), Math.Sqrt(c.Deviation.Zip(direction, (s, e) => s * s * e * e).Sum())))
        .Aggregate((sum, next) => sum + next);
}
