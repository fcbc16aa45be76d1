using System.Text.Json;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Core.Tests.Sampling;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Json;
using Mcdm.Modalities;
using Mcdm.Training;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

public sealed class WeightFitTests
{
    private static readonly LatentSpace Space = new(1, 8, 8, new(NoiseScheduleKind.Cosine, 1000));
    private static readonly Condition Text = Condition.FromText("a"), Sketch = Condition.FromSketch(Pictures.Filled(1, 1, PictureColor.White));

    /// <summary>A fit to pictures whose pixels are N(mean, deviation²).</summary>
    private static WeightCalibration Fit(IExpert[] experts, Condition[] conditions, double mean, double deviation, double ridge = 0.01)
    {
        using var generator = new Generator(5);
        var pictures = Enumerable.Range(0, 100).Select(_ => (mean + deviation * randn([1, 8, 8], generator: generator), (IReadOnlyList<Condition>)conditions)).ToList();
        return new WeightFit(experts, "test", new WeightFitOptions { Levels = 10, Ridge = ridge, BatchSize = 32 }).Run(pictures);
    }

    [Fact]
    public void An_expert_that_is_right_gets_one_and_one_that_exaggerates_twice_over_gets_half()
    {
        IExpert[] experts = [new GaussianExpert(0, 0.5, null, Space), new GaussianExpert(0.6, 0.5, Modality.Text, Space), new GaussianExpert(1.2, 0.5, Modality.Sketch, Space)];
        var fit = Fit(experts, [Text, Sketch], 0.6, 0.5);
        Assert.All(fit.For(["text"])["text"].Points, point => Assert.InRange(point.Weight, 0.95, 1.05));
        Assert.All(fit.For(["sketch"])["sketch"].Points.Where(point => point.Level <= 600), point => Assert.InRange(point.Weight, 0.47, 0.54));
    }

    [Fact]
    public void Two_experts_that_say_the_same_share_one_weight()
    {
        IExpert[] experts = [new GaussianExpert(0, 0.5, null, Space), new GaussianExpert(0.6, 0.5, Modality.Text, Space), new GaussianExpert(0.6, 0.5, Modality.Sketch, Space)];
        var weights = Fit(experts, [Text, Sketch], 0.6, 0.5).Weights;
        foreach (int level in new[] { 100, 300, 500 })
        {
            Assert.InRange(weights["text"].At(level), 0.47, 0.53);
            Assert.InRange(weights["sketch"].At(level), 0.47, 0.53);
        }
    }

    [Fact]
    public void A_strong_ridge_leaves_the_plain_rule()
    {
        IExpert[] experts = [new GaussianExpert(0, 0.5, null, Space), new GaussianExpert(0.6, 0.5, Modality.Text, Space), new GaussianExpert(0.6, 0.5, Modality.Sketch, Space)];
        Assert.All(Fit(experts, [Text, Sketch], 0.6, 0.5, ridge: 1e6).Weights["text"].Points, point => Assert.InRange(point.Weight, 0.99, 1.01));
    }

    [Fact]
    public void The_pull_towards_one_grows_with_the_noise()
    {
        IExpert[] experts = [new GaussianExpert(0, 0.5, null, Space), new GaussianExpert(1.2, 0.5, Modality.Text, Space)];
        var weight = Fit(experts, [Text], 0.6, 0.5, ridge: 1).Weights["text"];
        Assert.InRange(weight.At(100), 0.45, 0.6);
        Assert.InRange(weight.At(1000), 0.95, 1);
    }

    private static WeightCalibration Example() => new()
    {
        Model = "m", Experts = ["text", "sketch"], Pictures = 3, Ridge = 0,
        Levels = [new(1, 1, [2, 1, 1, 1], [3, 2]), new(500, 1, [2, 1, 1, 1], [3, 2]), new(1000, 1, [2, 1, 1, 1], [3, 2])],
    };

    [Fact]
    public void Weights_solve_the_normal_equations_of_whatever_is_composed()
    {
        // [2 1; 1 1] w = [3 2] has the solution [1 1]; the text alone has 3/2, the sketch alone 2.
        Assert.Equal([1.0, 1.0], new[] { "text", "sketch" }.Select(expert => Math.Round(Example().Weights[expert].At(500), 4)));
        Assert.Equal(1.5, Example().For(["text"])["text"].At(700), 4);
        Assert.Equal(2, Example().For(["sketch"])["sketch"].At(1), 4);
        Assert.Empty(Example().For([]));
    }

    [Fact]
    public void Neighbouring_levels_smooth_a_weight()
    {
        var calibration = Example() with { Experts = ["text"], Levels = [new(1, 1, [1], [0]), new(500, 1, [1], [4]), new(1000, 1, [1], [0])] };
        Assert.Equal([1, 2, 1], calibration.Weights["text"].Points.Select(point => Math.Round(point.Weight, 4)));
    }

    [Fact]
    public void Weights_of_what_was_not_fitted_are_refused()
    {
        var error = Assert.Throws<McdmException>(() => Example().For(["text", "segment"]));
        Assert.Equal("CalibrationExpert", error.Id);
        Assert.Contains("segment", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_calibration_comes_back_from_json()
    {
        var read = JsonSerializer.Deserialize<WeightCalibration>(JsonSerializer.Serialize(Example(), ModelJson.Options), ModelJson.Options)!;
        Assert.Null(read.Problem());
        Assert.Equal(Example().Weights["text"].Points, read.Weights["text"].Points);
    }

    [Fact]
    public void A_damaged_calibration_is_known_as_one()
    {
        Assert.NotNull((Example() with { Levels = [] }).Problem());
        Assert.NotNull((Example() with { Experts = ["text"] }).Problem());
        Assert.NotNull((Example() with { Levels = [new(1, 1, [1, 1, 1, double.NaN], [1, 1])] }).Problem());
        Assert.NotNull((Example() with { Levels = [new(1, 1, [2, 1, 1, 1], [3, 2]), new(1, 1, [2, 1, 1, 1], [3, 2])] }).Problem());
    }
}
