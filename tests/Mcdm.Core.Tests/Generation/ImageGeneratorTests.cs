using Mcdm.Composition;
using Mcdm.Experts;
using Mcdm.Generation;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Generation;

public sealed class TinyModel : IDisposable
{
    private readonly TinyFaces _faces = new();

    public TinyModel() => Model = _faces.TrainAll();

    public Model Model { get; }

    public string Folder => _faces.Folder;

    public TinyFaces Faces => _faces;

    public void Dispose()
    {
        Model.Dispose();
        _faces.Dispose();
    }
}

public sealed class ImageGeneratorTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private static GenerationRequest Request(int count = 1, int batch = 4, long seed = 5, SamplerKind sampler = SamplerKind.DpmSolver) => new()
    {
        Conditions = TinyFaces.Conditions(),
        Count = count,
        BatchSize = batch,
        Seed = seed,
        Sampling = new SamplerOptions { Sampler = sampler, Steps = 6, Eta = 0.3 },
    };

    private List<McdmImage> Generate(GenerationRequest request) => new ImageGenerator(tiny.Model).Generate(request).ToList();

    private static double Difference(Picture a, Picture b) => a.Rgba.Zip(b.Rgba, (x, y) => Math.Abs(x - y)).Average();

    [Theory]
    [InlineData(SamplerKind.DpmSolver)]
    [InlineData(SamplerKind.Ddim)]
    [InlineData(SamplerKind.Ddpm)]
    public void Batches_of_one_and_four_give_the_same_pictures(SamplerKind sampler)
    {
        var alone = Generate(Request(4, batch: 1, sampler: sampler));
        var together = Generate(Request(4, batch: 4, sampler: sampler));
        Assert.Equal([5, 6, 7, 8], together.Select(image => image.Seed!.Value));
        for (int k = 0; k < 4; k++) { Assert.InRange(Difference(alone[k].Picture, together[k].Picture), 0, 1); }
        Assert.True(Difference(together[0].Picture, together[1].Picture) > 2, "different seeds give different pictures");
    }

    [Fact]
    public void Picture_k_is_the_first_picture_of_seed_plus_k() =>
        Assert.InRange(Difference(Generate(Request(3, batch: 3))[2].Picture, Generate(Request(1, seed: 7))[0].Picture), 0, 1);

    [Fact]
    public void A_recipe_read_back_makes_the_same_picture()
    {
        var image = Generate(Request())[0];
        var recipe = Recipe.FromJson(image.Recipe!.ToJson());
        var again = Generate(new GenerationRequest { Conditions = recipe.Conditions.Select(c => c.ToCondition()).ToList(), Seed = recipe.Seed, Sampling = recipe.Sampling })[0];
        Assert.Equal(image.Picture.Rgba, again.Picture.Rgba);
        Assert.Equal(3, recipe.Conditions.Count);
        Assert.Equal(TinyFaces.Conditions().Select(c => c.ContentHash), recipe.Conditions.Select(c => c.Sha256));
    }

    [Fact]
    public void A_saved_picture_carries_its_recipe()
    {
        string path = Path.Combine(tiny.Folder, "saved.png");
        var image = Generate(Request())[0];
        PngFile.Write(image.Picture, path, new Dictionary<string, string> { [Recipe.TextKeyword] = image.Recipe!.ToJson() });
        Assert.Equal(image.Recipe.ToJson(), Recipe.FromPng(path).ToJson());
        Assert.Equal(image.Recipe.ToJson(), McdmImage.FromFile(path).Recipe!.ToJson());
    }

    [Theory]
    [InlineData("{}", "RecipeInvalid")]
    [InlineData("no json", "RecipeInvalid")]
    [InlineData("""{"format":"mcdm-recipe-9","model":"x","conditions":[],"seed":1,"sampling":{},"precision":"float32"}""", "RecipeFormat")]
    public void What_is_no_recipe_is_refused(string json, string id) => Assert.Equal(id, Assert.Throws<McdmException>(() => Recipe.FromJson(json)).Id);

    [Fact]
    public void The_first_batch_is_handed_out_before_the_second_is_sampled()
    {
        int steps = 0;
        var generator = new ImageGenerator(tiny.Model) { Progress = _ => steps++ };
        using var images = generator.Generate(Request(4, batch: 2)).GetEnumerator();
        Assert.True(images.MoveNext());
        Assert.Equal(6, steps);
    }

    [Fact]
    public void Two_threads_may_share_a_model()
    {
        var alone = Generate(Request(2))[1].Picture.Rgba;
        var together = new byte[4][];
        Parallel.For(0, 4, k => together[k] = Generate(Request(2))[1].Picture.Rgba);
        Assert.All(together, picture => Assert.Equal(alone, picture));
    }

    [Fact]
    public void Different_compositions_in_one_batch_are_what_each_is_alone()
    {
        Condition[] other = [Condition.FromText("a discs of green, and a longer sentence"), TinyFaces.Conditions()[1], TinyFaces.Conditions()[2]];
        using var scope = NewDisposeScope();
        var z = randn(2, 3, TinyFaces.Size, TinyFaces.Size);
        using var both = new Composer(tiny.Model.Experts, [TinyFaces.Conditions(), other]);
        var together = both.PredictNoise(z, 300);
        foreach (var (conditions, k) in new[] { (TinyFaces.Conditions(), 0), (other, 1) })
        {
            using var one = new Composer(tiny.Model.Experts, conditions);
            Assert.InRange((one.PredictNoise(z[k].unsqueeze(0), 300) - together[k]).abs().max().ToDouble(), 0, 1e-4);
        }
        Assert.Equal("BatchMixed", Assert.Throws<McdmException>(() => new Composer(tiny.Model.Experts, [TinyFaces.Conditions(), [other[0]]])).Id);
    }

    [Fact]
    public void Counts_below_one_are_refused()
    {
        Assert.Equal("CountOutOfRange", Assert.Throws<McdmException>(() => Generate(Request(0))).Id);
        Assert.Equal("CountOutOfRange", Assert.Throws<McdmException>(() => Generate(Request(1, batch: -1))).Id);
    }

    [Fact]
    public void A_removed_model_says_so()
    {
        var model = tiny.Faces.Train(null);
        model.Dispose();
        Assert.Equal("ModelRemoved", Assert.Throws<McdmException>(() => new ImageGenerator(model).Generate(new GenerationRequest())).Id);
    }
}
