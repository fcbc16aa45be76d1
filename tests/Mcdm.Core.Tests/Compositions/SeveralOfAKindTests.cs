using Mcdm.Core.Tests.Imaging;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

/// <summary>Several conditions of one modality on one picture, and several experts of one modality in one model.</summary>
public sealed class SeveralOfAKindTests
{
    private const int Level = 400;
    private readonly EchoExpert _u = new(null), _text = new(Modality.Text), _sketch = new(Modality.Sketch);
    private static readonly Condition Hair = Condition.FromText("black hair"), Hat = Condition.FromText("a hat"), Smile = Condition.FromText("a smile");
    private static readonly Condition First = Condition.FromSketch(Pictures.Filled(2, 2, PictureColor.White)), Second = Condition.FromSketch(Pictures.Filled(2, 2, Pictures.Black));

    private static Tensor Z() => linspace(-2, 2, 12).reshape(3, 1, 2, 2);

    private Tensor U => _u.PredictNoise(Z(), Level, null);

    private Tensor Compose(params Condition[] conditions)
    {
        using var composer = new Composer([_u, _text, _sketch], conditions);
        return composer.PredictNoise(Z(), Level);
    }

    private static void AssertEqual(Tensor expected, Tensor actual) => Assert.InRange((expected - actual).abs().max().ToDouble(), 0, 2e-6);

    /// <summary>A picture whose columns are white where told.</summary>
    private static Picture Columns(bool left, bool right)
    {
        byte l = left ? (byte)255 : (byte)0, r = right ? (byte)255 : (byte)0;
        return new Picture(2, 2, [l, l, l, 255, r, r, r, 255, l, l, l, 255, r, r, r, 255]);
    }

    [Fact]
    public void Two_sentences_are_both_meant_by_equation_12()
    {
        AssertEqual(_text.Noise(Z(), Hair) + _text.Noise(Z(), Hat) - U, Compose(Hair, Hat));
        AssertEqual(_text.Noise(Z(), Hair) + _text.Noise(Z(), Hat) + _sketch.Noise(Z(), First) - 2 * U, Compose(Hair, Hat, First));
        Assert.True((_text.Noise(Z(), Hair) - _text.Noise(Z(), Hat)).abs().max().ToDouble() > 0.1, "the sentences differ");
    }

    [Fact]
    public void A_sentence_of_negative_weight_is_not_meant() =>
        AssertEqual(U + (_text.Noise(Z(), Hair) - U) - 0.7 * (_text.Noise(Z(), Hat) - U), Compose(Hair, Hat.Weighted(-0.7)));

    [Fact]
    public void Two_sketches_each_speak_in_their_region() => AssertEqual(
        U + cat([_sketch.Noise(Z(), First).narrow(3, 0, 1), _sketch.Noise(Z(), Second).narrow(3, 1, 1)], 3) - U,
        Compose(First.Weighted(1, region: Columns(true, false)), Second.Weighted(1, region: Columns(false, true))));

    [Fact]
    public void The_order_they_are_given_in_changes_not_a_bit()
    {
        // The last three differ in nothing but region and schedule.
        Condition[] conditions =
        [
            Hair.Weighted(0.7), Hat.Weighted(-1.3), Smile, First.Weighted(1, region: Columns(true, false)), Second.Weighted(0.1, region: Columns(false, true)),
            First.Weighted(0.3, region: Columns(false, true)), First.Weighted(0.3, region: Columns(true, false)), First.Weighted(0.3, new WeightSchedule([new(1, 0.9)])),
        ];
        float[] bits = Compose(conditions).data<float>().ToArray();
        for (int turn = 0; turn < conditions.Length; turn++)
        {
            Condition[] turned = [.. conditions[turn..], .. conditions[..turn]];
            Assert.Equal(bits, Compose(turned).data<float>().ToArray());
            Array.Reverse(turned);
            Assert.Equal(bits, Compose(turned).data<float>().ToArray());
            Assert.Equal(Condition.InOrder(conditions), Condition.InOrder(turned));
        }
    }

    [Fact]
    public void They_are_told_apart_by_numbers_and_cost_an_evaluation_each()
    {
        using var composition = new Composition([_u, _text, _sketch], [First, Hair, Hat]);
        Assert.Equal(["text", "text 2", "sketch"], composition.Labels);
        Assert.Equal(4, composition.EvaluationsPerStep);
    }

    [Fact]
    public void Pictures_of_a_batch_may_have_different_numbers_of_them()
    {
        Condition[][] rows = [[Hair, Hat], [Smile], [First, Hat.Weighted(-0.5), Second]];
        var pictures = rows.Select(row => new Composition([_u, _text, _sketch], row)).ToList();
        using var composer = new Composer(pictures);
        var together = composer.PredictNoise(Z(), Level);
        for (int k = 0; k < rows.Length; k++) { AssertEqual(Compose(rows[k])[k], together[k]); }
        foreach (var picture in pictures) { picture.Dispose(); }
    }

    private readonly EchoExpert _lines = new(Modality.Sketch, "lines"), _outline = new(Modality.Sketch, "outline-of-all");

    private IExpert[] Named => [_u, _text, _lines, _outline];

    [Fact]
    public void A_condition_is_read_by_the_expert_that_it_names()
    {
        using var composer = new Composer(Named, [First.For("Outline-Of-All"), First.For("lines").Weighted(2)]);
        AssertEqual(U + 2 * (_lines.Noise(Z(), First) - U) + (_outline.Noise(Z(), First) - U), composer.PredictNoise(Z(), Level));
        Assert.True((_lines.Noise(Z(), First) - _outline.Noise(Z(), First)).abs().max().ToDouble() > 0.1, "the experts differ");
    }

    private McdmException Refused(Condition condition) => Assert.Throws<McdmException>(() => new Composer(Named, [condition]));

    [Fact]
    public void A_condition_that_several_experts_could_read_is_refused_and_they_are_named()
    {
        var error = Refused(First);
        Assert.Equal("ExpertAmbiguous", error.Id);
        Assert.Contains("lines, outline-of-all", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_no_expert_of_the_modality_has_is_refused_and_those_there_are_are_named()
    {
        foreach (var condition in new[] { First.For("depth"), Hair.For("lines") })
        {
            var error = Refused(condition);
            Assert.Equal("ExpertMissing", error.Id);
            Assert.Contains($"{condition.Modality} expert named '{condition.Expert}'", error.Message, StringComparison.Ordinal);
            Assert.Contains("unconditional, text, lines, outline-of-all", error.Message, StringComparison.Ordinal);
        }
    }
}
