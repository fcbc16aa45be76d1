using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Prompts;

public sealed class ControlPictureTests
{
    private static Picture Filled(int width, int height, byte value) => new(width, height, Enumerable.Range(0, 4 * width * height).Select(at => at % 4 == 3 ? (byte)255 : value).ToArray());

    private static Condition Control(Picture picture) => Condition.Of(Modality.Picture, picture).For("sd1-tiny-canny");

    [Fact]
    public void A_picture_of_another_shape_is_fitted_as_is_said_and_doubted_where_nobody_says()
    {
        using var model = TinyPrompts.Import(null, "sd1-tiny-canny");
        var wide = Control(Filled(128, 64, 255));
        foreach (var (condition, isDoubted, corner) in new[]
        {
            (wide, true, 255), (wide.Fitted(PictureFit.Crop), false, 255), (wide.Fitted(PictureFit.Stretch), false, 255), (wide.Fitted(PictureFit.Pad), false, 0),
            (Control(Filled(128, 126, 255)), false, 255),
        })
        {
            using var composition = new Composition(model.Experts, [condition]);
            Assert.Equal(isDoubted, composition.Doubts.Any(doubt => doubt.Contains("another shape", StringComparison.Ordinal)));
            var read = composition.Understood[0].Picture!;
            Assert.Equal((64, 64, corner, 255), (read.Width, read.Height, read.Rgba[0], read.Rgba[4 * (32 * 64 + 32)]));
        }
    }

    [Fact]
    public void A_picture_of_lines_that_is_mostly_white_is_told()
    {
        Assert.True(ControlPictures.LooksInverted("my-Canny", Filled(8, 8, 255)));
        Assert.False(ControlPictures.LooksInverted("my-canny", Filled(8, 8, 0)));
        Assert.False(ControlPictures.LooksInverted("depth", Filled(8, 8, 255)));
    }

    [Fact]
    public void Pictures_with_schedules_of_their_own_share_no_rows_and_come_out_as_alone()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var model = TinyPrompts.Import(null, "sd1-tiny-canny");
        var combiner = new Residual();
        var lines = Control(Filled(64, 64, 0));
        Condition[] controls = [lines, lines.Weighted(1, new WeightSchedule([new(1, 0), new(1000, 1)])), lines.Guessing(), lines.Weighted(1, new WeightSchedule([new(1, 0)]))];
        var each = controls.Select(control => new Composition(model.Experts, [Condition.FromText("a fox", 3), control], combiner: combiner)).ToList();
        var (z, level, batch) = BatchRows.AssertAsAlone(each, model.Space.Process, combiner);
        // A schedule of 0 is no ControlNet at all.
        using var plain = new Composition(model.Experts, [Condition.FromText("a fox", 3)], combiner: combiner);
        using var without = new Composer([plain]);
        using var other = new ComposedPredictor(without.Predict, combiner.RuleOf([]));
        Assert.True(other.Predict(z.narrow(0, 3, 1), level).Value.allclose(batch.narrow(0, 3, 1), 1e-3, 1e-5));
        each.ForEach(one => one.Dispose());
    }
}
