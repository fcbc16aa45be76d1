using Mcdm.Core.Tests.Golden;
using Mcdm.Core.Tests.Prompts;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>A U-Net that changes a picture as a sentence says (instruct-pix2pix), as users sample with it; and one that reads the guidance it acts under.</summary>
public sealed class EditingTests
{
    private const int Side = 64;

    private static Model Import(string name) => ModelReader.Read([GoldenFolder.All.First(golden => golden.Name == name).Model], new ImportOptions(), CPU, ScalarType.Float32);

    private static Picture Stripes(byte light) => new(Side, Side, [.. Enumerable.Range(0, Side * Side)
        .SelectMany(i => i % 16 < 8 ? new byte[] { 30, light, 90, 255 } : [220, 40, light, 255])]);

    private static Condition Photo(byte light) => Condition.Of(Modality.Picture, Stripes(light)).For("picture");

    private static Picture Made(Model model, string? negative, params Condition[] conditions) => new ImageGenerator(model)
        .Generate(new GenerationRequest { Conditions = conditions, NegativePrompt = negative, Seed = 3, Sampling = model.Sampling! with { Steps = 3 } }).Single().Picture;

    [Fact]
    public void A_picture_has_two_weights_which_are_two_terms_of_rule_12()
    {
        using var model = Import("pix2pix");
        Assert.Equal(["unconditional", "text", "picture"], model.Experts.Select(expert => expert.Name));
        var both = Photo(40).Saying("a fox in the snow");
        var guided = Made(model, null, both.Weighted(4).PictureWeighted(1.5));
        Assert.Equal(Made(model, null, both.Weighted(4), Photo(40).Weighted(-2.5)).Rgba, guided.Rgba);
        Assert.NotEqual(Made(model, null, both.Weighted(4)).Rgba, guided.Rgba);
        Assert.NotEqual(Made(model, null, Photo(200).Saying("a fox in the snow").Weighted(4).PictureWeighted(1.5)).Rgba, guided.Rgba);
        // What ε_u reads in place of nothing, the picture alone reads too.
        Assert.Equal(Made(model, "rain", both.Weighted(4), Condition.Of(Modality.Picture, Stripes(40)).For("picture").Saying("rain").Weighted(-2.5)).Rgba,
            Made(model, "rain", both.Weighted(4).PictureWeighted(1.5)).Rgba);
    }

    [Fact]
    public void A_sentence_alone_is_told_that_there_is_no_picture_and_what_says_nothing_is_refused()
    {
        using var model = Import("pix2pix");
        using (var alone = new Composition([.. model.At(Side, Side).Experts], [Condition.FromText("a fox", 3)])) { Assert.Contains("shown none", Assert.Single(alone.Doubts), StringComparison.Ordinal); }
        using (var shown = new Composition([.. model.At(Side, Side).Experts], [Condition.FromText("a fox", 3), Photo(40)])) { Assert.Empty(shown.Doubts); }
        Assert.Equal("ConditionUnread", Refused(Photo(40).Scaled(0.5)));
        using var controlled = TinyPrompts.Import(null, "sd1-tiny-canny");
        Assert.Equal("ConditionUnread", Assert.Throws<McdmException>(() =>
            new Composition([.. controlled.At(Side, Side).Experts], [Condition.Of(Modality.Picture, Stripes(40)).PictureWeighted(2)]).Dispose()).Id);
        Assert.Equal("ConditionUnread", Refused(Condition.FromText("a fox").Guided(3)));
        Assert.Equal("WeightOutOfRange", Refused(Photo(40).Saying("a fox").Weighted(0).PictureWeighted(2)));

        string Refused(Condition condition) => Assert.Throws<McdmException>(() => new Composition([.. model.At(Side, Side).Experts], [condition]).Dispose()).Id;
    }

    [Fact]
    public void A_recipe_keeps_both_weights_and_the_guidance()
    {
        using var model = Import("pix2pix");
        var image = new ImageGenerator(model).Generate(new GenerationRequest
        {
            Conditions = [Photo(40).Saying("a fox").Weighted(3).PictureWeighted(1.2)], Seed = 3, Sampling = model.Sampling! with { Steps = 2 },
        }).Single();
        var again = Recipe.FromJson(image.Recipe!.ToJson()).Conditions.Single().ToCondition();
        Assert.Equal(1.2, again.PictureWeight);
        Assert.Equal(3, again.Weight);
    }

    [Fact]
    public void Guidance_that_a_network_reads_is_another_one_than_a_weight()
    {
        using var model = Import("lcm-tiny");
        Assert.Equal("Lcm", model.Sampling!.Sampler.Name);
        Assert.Equal(4, model.Sampling.Steps);
        var usual = Made(model, null, Condition.FromText("a fox"));
        Assert.Equal(usual.Rgba, Made(model, null, Condition.FromText("a fox").Guided(8.5)).Rgba);
        Assert.NotEqual(usual.Rgba, Made(model, null, Condition.FromText("a fox").Guided(1)).Rgba);
        Assert.Equal("GuidanceOutOfRange", Assert.Throws<McdmException>(() => Condition.FromText("a fox").Guided(-1)).Id);
        // Rows of one batch under different guidance.
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var each = new[] { 2.0, 9 }.Select(guidance => new Composition(model.Experts, [Condition.FromText("a fox").Guided(guidance)])).ToList();
        BatchRows.AssertAsAlone(each, model.Space.Process);
        each.ForEach(composition => composition.Dispose());
    }
}
