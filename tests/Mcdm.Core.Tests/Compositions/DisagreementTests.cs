using Mcdm.Core.Tests.Imaging;
using Mcdm.Core.Tests.Sampling;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

public sealed class DisagreementTests
{
    private static readonly LatentSpace Space = new(1, 2, 2, new VariancePreserving(NoiseScheduleKind.Cosine, 1000));
    private static readonly IExpert[] Experts =
    [
        new GaussianExpert(0, 0.6, null, Space), new GaussianExpert(0.5, 0.6, Modality.Text, Space),
        new GaussianExpert(-0.2, 0.6, Modality.Sketch, Space), new GaussianExpert(0.3, 0.4, Modality.Segment, Space),
    ];

    private static readonly Condition Text = Condition.FromText("a"), Sketch = Condition.FromSketch(Pictures.Filled(1, 1, PictureColor.White)), Segment = Condition.FromSegment(Pictures.Filled(1, 1, PictureColor.White));

    private static Tensor Z() => linspace(-2, 2, 12).reshape(3, 1, 2, 2);

    [Fact]
    public void Norms_and_cosines_are_those_of_the_differences_to_the_unconditional_expert()
    {
        var log = new DisagreementLog();
        Composition three = new(Experts, [Text, Sketch, Segment]), two = new(Experts, [Sketch, Segment]), one = new(Experts, [Text]);
        using var composer = new Composer([three, two, one]);
        using var predictor = new ComposedPredictor(composer.Predict, new Product()) { Watch = (_, level, predictions) => log.Record(level, predictions) };
        foreach (int t in (int[])[600, 300]) { predictor.Predict(Z(), composer.Space.Process.Level(t)); }
        Disagreement? Seen(int picture, Composition composition) => log.Of(picture, 1, composer.PlacesOf(picture), composition.Labels);
        var seen = Seen(0, three)!;
        Assert.Equal([600, 300], seen.Levels);
        Assert.Equal([("text", "sketch"), ("text", "segment"), ("sketch", "segment")], seen.Cosines.Select(pair => (pair.First, pair.Second)));
        var u = Experts[0].PredictNoise(Z(), 300, null);
        Tensor Delta(int expert, int row) => (Experts[expert].PredictNoise(Z(), 300, null) - u)[row].flatten();
        Assert.Equal(Delta(3, 0).norm().to(ScalarType.Float64).item<double>(), seen.Norms[2].Values[1], 3);
        Assert.Equal((Delta(1, 0) * Delta(3, 0)).sum().to(ScalarType.Float64).item<double>() / Delta(1, 0).norm().to(ScalarType.Float64).item<double>() / Delta(3, 0).norm().to(ScalarType.Float64).item<double>(), seen.Cosines[1].Values[1], 3);
        Assert.All(seen.Cosines[0].Values, cosine => Assert.Equal(-1, cosine, 3)); // one mean lies above, the other below

        var second = Seen(1, two)!;
        Assert.Equal(Delta(2, 1).norm().to(ScalarType.Float64).item<double>(), second.Norms[0].Values[1], 3);
        Assert.Null(Seen(2, one)); // a condition of weight 1 alone needs no ε_u, so nothing is known
    }

    [Fact]
    public void Conditions_whose_regions_do_not_meet_are_not_apart()
    {
        var log = new DisagreementLog();
        Condition left = Text.Weighted(1, null, Half(left: true)), right = Sketch.Weighted(1, null, Half(left: false));
        using var composer = new Composer(Experts, [left, right]);
        log.Record(composer.Space.Process.Level(600), composer.Predict(Z(), composer.Space.Process.Level(600)));
        var seen = log.Of(0, 1, [0, 1], ["text", "sketch"])!;
        Assert.Equal(0, seen.Cosines[0].Values[0]);
        Assert.All(seen.Norms, norms => Assert.True(norms.Values[0] > 0));

        static Picture Half(bool left)
        {
            var rgba = new byte[16];
            for (int i = 0; i < 4; i++) { rgba.AsSpan(4 * i, 3).Fill(i % 2 == 0 == left ? byte.MaxValue : (byte)0); }
            for (int i = 3; i < 16; i += 4) { rgba[i] = byte.MaxValue; }
            return new Picture(2, 2, rgba);
        }
    }

    [Fact]
    public void A_pair_conflicts_where_its_cosine_is_well_below_zero_on_most_of_the_path()
    {
        static Disagreement With(params double[] cosines) => At(Enumerable.Range(1, cosines.Length).Reverse().ToList(), cosines);
        static Disagreement At(IReadOnlyList<int> levels, params double[] cosines) => new()
        {
            Levels = levels,
            Norms = [new("text", cosines), new("sketch", cosines)],
            Cosines = [new("text", "sketch", cosines)],
        };
        Assert.Single(With(-0.5, -0.11, -0.3, 0.4).Conflicts());
        Assert.Empty(With(-0.5, -0.11, -0.09, 0.4).Conflicts());
        Assert.Empty(With(-0.5, -0.11, -0.3).Conflicts()); // three levels say little of a path
        // Levels even in log-SNR lie close together at the ends: each counts for as much of the path as it stands for.
        Assert.Equal(0.776, Assert.Single(At([1000, 999, 995, 976, 873, 477, 97, 15, 1], 0, 0, 0, 0, -0.2, -0.3, 0, 0, 0).Conflicts()).Share, 9);
        Assert.Empty(At([1000, 999, 995, 500, 15, 1], -0.3, -0.3, 0.1, 0.1, -0.3, -0.3).Conflicts());
    }

    [Fact]
    public void A_pair_says_the_same_where_more_than_a_quarter_of_either_is_in_the_other()
    {
        static Disagreement Of(double[] lengths, double[] others, params double[] cosines) => new()
        {
            Levels = [1000, 600, 100],
            Norms = [new("text", lengths), new("sketch", others)],
            Cosines = [new("text", "sketch", cosines)],
        };
        // κ = 1/(1 + cosine) where both are as long: under 3/4 beyond a third.
        var shared = Assert.Single(Of([1, 1, 1], [1, 1, 1], 0.3, 0.4, 0).Shared);
        Assert.Equal(0.5, shared.Share, 9);
        Assert.Equal("text and sketch say the same on 50 % of the path", $"{shared}");
        // Of one that is within the other, the other has all.
        Assert.Empty(Of([1, 1, 1], [0.3, 0.3, 0.3], 0.9, 0.9, 0.9).Shared);
        Assert.Empty(Of([1, 1, 1], [1, 1, 1], -0.9, 0, 0.2).Shared);
        Assert.Empty(Of([0, 0, 0], [1, 1, 1], 0.9, 0.9, 0.9).Shared);
    }
}
