using Mcdm.Core.Tests.Generation;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Evaluation;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;
using Xunit;

namespace Mcdm.Core.Tests.Evaluation;

public sealed class AttributionTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private const double Rounding = 1.5 / 255;

    private Attribution Attribution() => new(tiny.Model);

    private McdmImage Sample(GenerationRequest request) => new ImageGenerator(tiny.Model).Generate(request).Single();

    private static GenerationRequest Request(params Condition[] conditions) =>
        new() { Conditions = conditions, Seed = 5, Sampling = new SamplerOptions { Sampler = new Ddpm(), Steps = 4 } };

    [Fact]
    public void A_picture_without_a_condition_is_what_its_recipe_makes_without_it()
    {
        var request = Request(TinyFaces.Conditions()[0].Weighted(2), TinyFaces.Conditions()[1].Weighted(0.5)) with { Combiner = new Mixture(), Name = "disc" };
        var image = Sample(request);
        var parts = Attribution().Of(image);
        Assert.Equal([Modality.Text, Modality.Sketch], parts.Select(part => part.Modality));
        foreach (var (part, others) in parts.Zip(new[] { request.Conditions[1], request.Conditions[0] }))
        {
            var without = Sample(request with { Conditions = [others] });
            Assert.All(PictureDifference.Of(part.LeftOut.Picture, without.Picture), difference => Assert.InRange(difference, 0, Rounding));
            Assert.All(PictureDifference.Of(part.Picture.Picture, image.Picture), difference => Assert.InRange(difference, 0, Rounding));
            Assert.Equal(PictureDifference.Of(part.Picture.Picture, part.LeftOut.Picture).Average(), part.Change, 12);
        }
        Assert.Equal(("disc-5", "disc-without-text-5", "disc-moved-by-sketch-5"), (parts[0].FileName, parts[0].LeftOut.FileName, parts[1].HeatMapName));
    }

    [Fact]
    public void A_condition_of_weight_0_moves_nothing_and_the_heat_maps_of_a_picture_have_one_scale()
    {
        var parts = Attribution().Of(Sample(Request(TinyFaces.Conditions()[0].Weighted(0), TinyFaces.Conditions()[1].Weighted(3))));
        Assert.InRange(parts[0].Change, 0, Rounding);
        Assert.True(parts[1].Change > Rounding, "a condition of weight 3 moves something");
        Assert.Equal(parts[0].Scale, parts[1].Scale);
        Assert.Equal(parts[1].Scale, PictureDifference.Of(parts[1].Picture.Picture, parts[1].LeftOut.Picture).Max());
    }

    [Fact]
    public void The_last_condition_is_left_out_too() =>
        Assert.Equal("none", Assert.Single(Attribution().Of(Sample(Request(TinyFaces.Conditions()[0])))).LeftOut.Conditions);

    [Fact]
    public void A_picture_without_recipe_or_conditions_is_refused()
    {
        var attribution = Attribution();
        Assert.Equal("NothingToMeasure", Assert.Throws<McdmException>(() => attribution.Of(new McdmImage(Pictures.Filled(16, 16, PictureColor.White)))).Id);
        Assert.Equal("NothingToMeasure", Assert.Throws<McdmException>(() => attribution.Of(Sample(Request()))).Id);
    }
}
