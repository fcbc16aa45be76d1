using Mcdm.Core.Tests.Prompts;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Layers.UNet2D;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>The first half of a U-Net, which experts of one prompt share.</summary>
public sealed class SharedEncoderTests
{
    [Fact]
    public void Rows_are_equal_where_every_number_is_and_they_do_not_stand_apart()
    {
        using var scope = NewDisposeScope();
        Tensor Values(params float[] rows) => tensor(rows).reshape(-1, 1, 1, 1);
        var batch = new UNetBatch(Values(1, 1, 1, 1, 2, 1, 1), full(7, 499f), tensor(new float[] { 5, 5, 6, 5, 5, 5, 5 }).reshape(-1, 1, 1))
        {
            Told = new TextTime(ones(1, 3), tensor(new float[] { 1, 1, 1, 1, 1, 1, 2 }).reshape(-1, 1).expand(-1, 6)),
        };
        Assert.Equal([0, 0, 2, 0, 4, 0, 6], batch.FirstOfEqual(new HashSet<int>()));
        Assert.Equal([0, 1, 2, 1, 4, 5, 6], batch.FirstOfEqual(new HashSet<int> { 0, 5 }));
    }

    [Fact]
    public void What_is_not_a_number_equals_nothing()
    {
        using var scope = NewDisposeScope();
        var batch = new UNetBatch(full([2, 1, 1, 1], float.NaN), full(2, 499f), ones(1, 1, 1));
        Assert.Equal([0, 1], batch.FirstOfEqual(new HashSet<int>()));
    }

    /// <summary>
    /// Nothing, a prompt, and ControlNets with the empty prompt, with that prompt and with another: what they predict together is what each predicts by itself,
    /// for one picture and for several.
    /// </summary>
    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 8)]
    [InlineData(2, 48)]
    [InlineData(1, 72)]
    public void Together_experts_predict_what_each_does_alone(int pictures, int side)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var model = TinyPrompts.Import(null, "sd1-tiny-canny");
        var prompt = model.Experts.First(expert => expert.Modality == Modality.Text);
        var control = model.Experts.First(expert => expert.IsAddition == true);
        var space = control.Space.At(side * 8, side * 8);
        var picture = new Picture(space.PictureWidth, space.PictureHeight, new byte[space.PictureWidth * space.PictureHeight * 4].Select((_, i) => (byte)(i % 4 == 3 ? 255 : i % 97)).ToArray());
        var z = randn(pictures, 4, side, side);
        var level = space.Process.Level(500);
        var asked = new List<ExpertRows> { new(At(model.Experts.First(expert => expert.Modality is null)), z, prompt.Unconditioned()) };
        asked.Add(new(At(prompt), z, At(prompt).Encode(Condition.FromText("a photo of a dog")).Inputs));
        foreach (string? sentence in new[] { null, "a photo of a dog", "a cat" })
        {
            var shown = Condition.Of(Modality.Picture, picture).For(control.Name);
            asked.Add(new(At(control), z, At(control).Encode(sentence is null ? shown : shown.Saying(sentence)).Inputs));
        }
        IExpert At(Expert expert) => expert.At(space.PictureWidth, space.PictureHeight);
        var together = ExpertRows.Predict(asked, level);
        for (int i = 0; i < asked.Count; i++)
        {
            var alone = asked[i].Expert.Predict(z, level, asked[i].Inputs);
            double error = ((together[i] - alone).square().mean() / alone.square().mean()).sqrt().ToDouble();
            // Large pictures go through one by one: bit for bit.
            Assert.InRange(error, 0, side * side > 2048 ? 0 : 1e-6);
        }
    }
}
