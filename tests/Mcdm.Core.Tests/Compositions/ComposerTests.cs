using Mcdm.Core.Tests.Experts;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Core.Tests.Sampling;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

public sealed class ComposerTests
{
    private const int Level = 400;
    private readonly GaussianExpert _unconditional = new(0, 0.8);
    private readonly GaussianExpert _text = new(0.5, 0.4, Modality.Text);
    private readonly GaussianExpert _sketch = new(-0.3, 0.5, Modality.Sketch);
    private readonly GaussianExpert _segment = new(0.1, 0.2, Modality.Segment);

    private IExpert[] All => [_unconditional, _text, _sketch, _segment];

    private static Condition Text(double weight = 1) => Condition.FromText("black hair", weight);
    private static Condition Sketch(double weight = 1) => Condition.FromSketch(Pictures.Filled(1, 1, PictureColor.White), weight);
    private static Condition Segment(double weight = 1) => Condition.FromSegment(Pictures.Filled(1, 1, Pictures.Black), null, weight);

    private static Tensor Z() => linspace(-2, 2, 12).reshape(3, 1, 2, 2);

    private Tensor Compose(params Condition[] conditions)
    {
        using var composer = new Composer(All, conditions);
        return composer.PredictNoise(Z(), Level);
    }

    private static void AssertEqual(Tensor expected, Tensor actual) => Assert.InRange((expected - actual).abs().max().ToDouble(), 0, 1e-6);

    [Fact]
    public void One_condition_of_weight_one_is_its_experts_own_prediction() => AssertEqual(_text.PredictNoise(Z(), Level), Compose(Text()));

    [Fact]
    public void Two_conditions_compose_as_equation_12() =>
        AssertEqual(_text.PredictNoise(Z(), Level) + _sketch.PredictNoise(Z(), Level) - _unconditional.PredictNoise(Z(), Level), Compose(Text(), Sketch()));

    [Fact]
    public void Three_conditions_compose_as_equation_12() => AssertEqual(
        _text.PredictNoise(Z(), Level) + _sketch.PredictNoise(Z(), Level) + _segment.PredictNoise(Z(), Level) - 2 * _unconditional.PredictNoise(Z(), Level),
        Compose(Text(), Sketch(), Segment()));

    [Fact]
    public void Weights_scale_each_experts_difference_from_the_unconditional_one()
    {
        var u = _unconditional.PredictNoise(Z(), Level);
        AssertEqual(u + 1.5 * (_text.PredictNoise(Z(), Level) - u) + 0.25 * (_segment.PredictNoise(Z(), Level) - u) - 0.5 * (_sketch.PredictNoise(Z(), Level) - u),
            Compose(Text(1.5), Segment(0.25), Sketch(-0.5)));
    }

    [Fact]
    public void Nothing_given_is_the_unconditional_prediction() => AssertEqual(_unconditional.PredictNoise(Z(), Level), Compose());

    [Fact]
    public void The_order_of_conditions_changes_not_a_bit()
    {
        var first = Compose(Text(0.7), Sketch(1.1), Segment(1.3));
        foreach (var order in new[] { new[] { Sketch(1.1), Segment(1.3), Text(0.7) }, [Segment(1.3), Text(0.7), Sketch(1.1)] })
        {
            Assert.Equal(first.data<float>().ToArray(), Compose(order).data<float>().ToArray());
        }
    }

    [Fact]
    public void The_unconditional_network_runs_only_where_it_counts()
    {
        using var one = new Composer(All, [Text()]);
        one.PredictNoise(Z(), Level).Dispose();
        Assert.Equal(0, _unconditional.Calls);
        Assert.Equal(1, one.EvaluationsPerStep);
        using var weighted = new Composer(All, [Text(2)]);
        weighted.PredictNoise(Z(), Level).Dispose();
        Assert.Equal(1, _unconditional.Calls);
        using var three = new Composer(All, [Text(), Sketch(), Segment()]);
        Assert.Equal(4, three.EvaluationsPerStep);
    }

    [Fact]
    public void Nor_where_the_weights_of_a_level_leave_nothing_of_it()
    {
        var guided = Text().Weighted(1, new WeightSchedule([new WeightPoint(Level, 1), new WeightPoint(Level + 1, 3)]));
        using var composer = new Composer(All, [guided]);
        AssertEqual(_text.PredictNoise(Z(), Level), composer.PredictNoise(Z(), Level));
        Assert.Equal(0, _unconditional.Calls);
        composer.PredictNoise(Z(), Level + 1).Dispose();
        Assert.Equal(1, _unconditional.Calls);
    }

    [Fact]
    public void A_condition_that_weighs_nothing_at_a_level_is_not_evaluated_there()
    {
        var scheduled = Text().Weighted(1, new WeightSchedule([new WeightPoint(Level - 1, 0), new WeightPoint(Level, 0), new WeightPoint(Level + 1, 1)]));
        using var composer = new Composer(All, [scheduled, Sketch()]);
        AssertEqual(_sketch.PredictNoise(Z(), Level), composer.PredictNoise(Z(), Level));
        Assert.Equal(0, _text.Calls);
        composer.PredictNoise(Z(), Level + 1).Dispose();
        Assert.Equal(1, _text.Calls);
    }

    [Theory]
    [InlineData("copies of the one before, a picture's own condition", new[] { 0, 0, 1, 1 }, new[] { 0f, 0, 5, 5 }, 2, 2)]
    [InlineData("the same noise under two conditions", new[] { 0, 0, 1, 1 }, new[] { 3f, 3, 3, 3 }, 2, 1)]
    [InlineData("nothing the same", new[] { 0, 0, 1, 1 }, new[] { 1f, 2, 3, 4 }, 4, 4)]
    [InlineData("one picture, a batch of copies", new[] { 0, 0, 0, 0 }, new[] { 3f, 3, 3, 4 }, 2, 2)]
    [InlineData("an expert that acts on some pictures", new[] { 2, 0, 0, 2 }, new[] { 1f, 3, 3, 3 }, 1, 2)]
    public void Copies_are_evaluated_once(string what, int[] pictures, float[] noise, int conditional, int unconditional)
    {
        var (everywhere, reading) = (new ReadingExpert(null), new ReadingExpert(Modality.Text));
        Composition Picture(string text) => new([everywhere, reading], [Condition.FromText(text, 2)]);
        using Composition longer = Picture("black hair"), shorter = Picture("hat"), none = new([everywhere, reading], []);
        using var composer = new Composer(pictures.Select(picture => new[] { longer, shorter, none }[picture]).ToList());
        // ε_u = z and ε_text = z + the text's length, so ε_c = z + 2 · length.
        float[] expected = noise.Zip(pictures, (z, picture) => z + 2 * new[] { 10, 3, 0 }[picture]).ToArray();
        Assert.True(expected.SequenceEqual(composer.PredictNoise(tensor(noise).reshape(-1, 1, 1, 1), Level).data<float>().ToArray()), what);
        Assert.Equal((conditional, unconditional), (reading.Rows, everywhere.Rows));
    }

    [Fact]
    public void For_independent_gaussian_conditions_the_composed_noise_is_that_of_the_product_at_each_level()
    {
        // At level t the marginals are Gaussian with precisions p_i and p_u; Π q_i / q_u^(N−1) has precision Σ p_i − (N−1) p_u.
        double alphaBar = Mcdm.Diffusion.Schedules.NoiseSchedule.Create(new(Mcdm.Diffusion.Schedules.NoiseScheduleKind.Cosine, 1000)).AlphaBar(Level);
        double Precision(double s) => 1 / (alphaBar * s * s + 1 - alphaBar);
        double precision = Precision(0.4) + Precision(0.5) - Precision(0.8);
        double center = Math.Sqrt(alphaBar) * (Precision(0.4) * 0.5 + Precision(0.5) * -0.3) / precision;
        AssertEqual(Math.Sqrt(1 - alphaBar) * precision * (Z() - center), Compose(Text(), Sketch()));
    }

    [Fact]
    public void Experts_of_different_spaces_refuse_and_both_are_named()
    {
        var other = new GaussianExpert(0, 1, Modality.Sketch, GaussianExpert.DefaultSpace with { Channels = 4 });
        var error = Assert.Throws<McdmException>(() => new Composer([_unconditional, _text, other], [Text(), Sketch()]));
        Assert.Equal("SpaceMismatch", error.Id);
        Assert.Contains(GaussianExpert.DefaultSpace.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(other.Space.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_condition_given_twice_counts_twice()
    {
        var u = _unconditional.PredictNoise(Z(), Level);
        AssertEqual(u + 3 * (_text.PredictNoise(Z(), Level) - u), Compose(Text(), Text(2)));
    }

    [Fact]
    public void A_missing_expert_is_named_with_those_there_are()
    {
        var error = Assert.Throws<McdmException>(() => new Composer([_unconditional, _text], [Sketch()]));
        Assert.Equal("ExpertMissing", error.Id);
        Assert.Contains("sketch", error.Message, StringComparison.Ordinal);
        Assert.Contains("unconditional, text", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Adds its text's length to z_t, and counts the rows it is asked for.</summary>
    private sealed class ReadingExpert(Modality? modality) : IExpert
    {
        public long Rows { get; private set; }

        public string Name => Expert.NameOf(Modality);

        public Modality? Modality => modality;

        public LatentSpace Space => GaussianExpert.DefaultSpace;

        public EncodedInputs Encode(Condition condition, Action<string>? note = null) => new(new OneTensor(tensor(new[] { (float)condition.Text!.Length })));

        public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
        {
            Rows += z.shape[0];
            return inputs is OneTensor(var length) ? z + length.reshape(-1, 1, 1, 1) : z.clone();
        }
    }
}
