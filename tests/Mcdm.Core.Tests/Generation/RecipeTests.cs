using System.Text.Json.Nodes;
using Mcdm.Core.Tests.Formats;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Modalities.LowResolution;
using Mcdm.Modalities.Segment;
using Mcdm.Modalities.Sketch;
using Mcdm.Modalities.Text;
using Mcdm.Sampling;
using Xunit;

namespace Mcdm.Core.Tests.Generation;

public sealed class RecipeTests
{
    private static readonly SegmentEncoder Segments = new(TinyFaces.Parts, TinyFaces.Size, TinyFaces.Size);

    private static RecipeCondition Understood(Condition condition, ConditionEncoder encoder)
    {
        var (tensor, normal, _) = encoder.Encode(condition);
        tensor.Dispose();
        return RecipeCondition.From(condition, normal!);
    }

    private static Recipe Example() => new()
    {
        Model = "Faces „Größe“ \"1\"",
        Conditions =
        [
            Understood(Condition.FromText("müde, \"so\" \\ <b>", 1.0 / 3), new TextConditionEncoder(new SubwordTokenizer(SubwordTokenizer.LearnVocabulary([], 0)), 48)),
            Understood(TinyFaces.Conditions()[1], new SketchEncoder(TinyFaces.Size, TinyFaces.Size)),
            Understood(Condition.FromSegment(TinyFaces.Conditions()[2].Picture!, ["disc"], 0.5, "/data/mask.png"), Segments),
        ],
        Seed = long.MinValue + 1,
        Sampling = new SamplerOptions { Sampler = new Ddim(0.1), Steps = 13, LangevinSteps = 3, ClipDenoised = false },
        Particles = new ParticleOptions { Particles = 7, Temperature = 12.5, ResampleThreshold = 0.25 },
        EffectiveSizes = [6.25, 1],
        Combiner = new Mixture(),
        Disagreement = new Disagreement
        {
            Levels = [1000, 500],
            Norms = [new("text", [1, 2]), new("sketch", [3, 4])],
            Cosines = [new("text", "sketch", [-0.5, 0.25])],
        },
        Precision = "bfloat16",
    };

    [Fact]
    public void Everything_comes_back_from_json()
    {
        var recipe = Example();
        var read = Recipe.FromJson(recipe.ToJson());
        Assert.Equal(recipe.ToJson(), read.ToJson());
        Assert.Equal((recipe.Model, recipe.Seed, recipe.Sampling, recipe.Precision, recipe.Version), (read.Model, read.Seed, read.Sampling, read.Precision, read.Version));
        Assert.Equal(recipe.Particles, read.Particles);
        Assert.Equal(recipe.EffectiveSizes, read.EffectiveSizes);
        Assert.Equal(recipe.Conditions.Select(c => (c.Modality, c.Text, c.Weight, c.Source, c.Sha256)), read.Conditions.Select(c => (c.Modality, c.Text, c.Weight, c.Source, c.Sha256)));
        Assert.DoesNotContain('\n', recipe.ToJson());
    }

    [Fact]
    public void A_request_has_everything_that_the_picture_depends_on()
    {
        var recipe = Recipe.FromJson(Example().ToJson());
        var request = recipe.ToRequest();
        Assert.Equal((recipe.Seed, recipe.Sampling, recipe.Particles, new Mixture()), (request.Seed, request.Sampling, request.Particles, request.Combiner));
        Assert.Equal([1.0 / 3, 1, 0.5], request.Conditions.Select(condition => condition.Weight));
    }

    [Fact]
    public void A_recipe_that_names_no_particles_has_none()
    {
        var read = Recipe.FromJson("""{"format":"mcdm-recipe-3","version":"0.1.0","model":"Faces","conditions":[],"seed":7,"sampling":{"sampler":"ddim","steps":25,"eta":0.5,"posteriorVariance":true,"clipDenoised":true},"precision":"float32"}""");
        Assert.Null(read.Particles);
        Assert.Equal(new SamplerOptions { Sampler = new Ddim(0.5), Steps = 25 }, read.Sampling);
    }

    public static TheoryData<string, string?, Sampler, Combiner> Earlier => new()
    {
        { """{"sampler":"ddim","steps":9,"eta":0.5,"posteriorVariance":true,"langevinSteps":0,"clipDenoised":true}""", null, new Ddim(0.5), new Product() },
        { """{"sampler":"euler","steps":9,"eta":0,"posteriorVariance":true,"guidanceRescale":0.7}""", "residual", new Euler(), new Residual(0.7) },
        {
            """{"sampler":"ddpm","steps":9,"eta":0,"posteriorVariance":false,"guidanceRescale":0.3}""", "product",
            new Ddpm(PosteriorVariance: false), new Product(0.3)
        },
        {
            """{"sampler":"ddpm","steps":9,"posteriorVariance":false,"spacing":{"kind":"leading"}}""", null,
            new Ddpm(PosteriorVariance: false, NoiseAtEnd: true), new Product()
        },
        {
            """{"sampler":"dpmSolver","steps":9,"eta":0.5,"firstOrder":true,"secondOrderEnd":true}""", "mixture",
            new DpmSolver(FirstOrder: true, SecondOrderEnd: true), new Mixture()
        },
        { """{"steps":9}""", null, new DpmSolver(), new Product() },
    };

    [Theory]
    [MemberData(nameof(Earlier))]
    public void A_recipe_of_the_third_format_means_what_it_meant_and_is_written_in_the_fourth(
        string sampling, string? combiner, Sampler sampler, Combiner expected)
    {
        string word = combiner is null ? "" : $"\"combiner\":\"{combiner}\",";
        var read = Recipe.FromJson($$"""
            {"format":"mcdm-recipe-3","version":"0.2.0","model":"Faces","conditions":[],"seed":7,{{word}}"sampling":{{sampling}},"precision":"float32"}
            """);
        Assert.Equal((sampler, 9, expected, "mcdm-recipe-4"), (read.Sampling.Sampler, read.Sampling.Steps, read.Combiner, read.Format));
        var again = Recipe.FromJson(read.ToJson());
        Assert.Equal((read.Sampling, read.Combiner), (again.Sampling, again.Combiner));
        Assert.Equal(sampler.Name, again.Sampler);
    }

    [Fact]
    public void A_low_resolution_picture_is_kept_small_and_comes_back_as_it_was_understood()
    {
        var encoder = new LowResolutionEncoder(TinyFaces.Size, TinyFaces.Size);
        var original = TinyFaces.LowResolution();
        var recipe = Example() with { Conditions = [Understood(original, encoder)] };
        var again = Recipe.FromJson(recipe.ToJson()).Conditions[0].ToCondition();
        Assert.Equal((Modality.LowResolution, LowResolutionEncoder.Side), (again.Modality, again.Picture!.Width));
        Assert.Equal(encoder.Reduce(original.Picture!).Rgba, encoder.Reduce(again.Picture).Rgba);
        Assert.Equal(original.ContentHash, recipe.Conditions[0].Sha256);
        string withoutPicture = JsonNode.Parse((recipe with { Conditions = [recipe.Conditions[0] with { Picture = null }] }).ToJson())!.ToJsonString();
        Assert.Equal("RecipeInvalid", Assert.Throws<McdmException>(() => Recipe.FromJson(withoutPicture)).Id);
    }

    [Fact]
    public void A_recipe_names_the_file_but_not_the_folder_it_came_from()
    {
        Assert.Equal("mask.png", Example().Conditions[2].Source);
        Assert.DoesNotContain("/data", Example().ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_condition_comes_back_as_the_model_understood_it_with_its_weight()
    {
        var original = Condition.FromSegment(TinyFaces.Conditions()[2].Picture!, ["disc"], 0.5, "/data/mask.png");
        var again = Recipe.FromJson(Example().ToJson()).Conditions[2].ToCondition();
        Assert.Equal(Segments.Classes(original), Segments.Classes(again));
        Assert.Equal((0.5, "mask.png"), (again.Weight, again.Source));
        // The hash is of the value as it was given.
        Assert.Equal(original.ContentHash, Example().Conditions[2].Sha256);
    }

    [Theory]
    [InlineData("conditions", "null")]
    [InlineData("conditions", "[null]")]
    [InlineData("conditions", "7")]
    [InlineData("sampling", "null")]
    [InlineData("model", "null")]
    [InlineData("precision", "null")]
    [InlineData("seed", "1.5")]
    [InlineData("seed", "9223372036854775808")]
    [InlineData("sampling/sampler", "\"magic\"")]
    [InlineData("sampling/sampler", "7")]
    [InlineData("sampling/steps", "\"many\"")]
    [InlineData("conditions/0/modality", "\"smell\"")]
    [InlineData("conditions/0/modality", "7")]
    [InlineData("conditions/0/text", "null")]
    [InlineData("conditions/1/picture", "null")]
    [InlineData("conditions/1/picture", "\"???\"")]
    [InlineData("conditions/0/sha256", "null")]
    [InlineData("combiner", "\"magic\"")]
    [InlineData("calibrated", "7")]
    [InlineData("disagreement/levels", "[]")]
    [InlineData("disagreement/norms", "[null]")]
    [InlineData("disagreement/norms/1/values", "[1]")]
    [InlineData("disagreement/cosines/0/values", "[1, 2, 3]")]
    public void What_is_no_recipe_is_refused_when_it_is_read(string path, string value)
    {
        var root = JsonNode.Parse(Example().ToJson())!;
        JsonNode node = root;
        string[] keys = path.Split('/');
        foreach (string key in keys[..^1]) { node = int.TryParse(key, out int i) ? node[i]! : node[key]!; }
        node[keys[^1]] = JsonNode.Parse(value);
        var error = Assert.Throws<McdmException>(() => Recipe.FromJson(root.ToJsonString(), "'some.png'"));
        Assert.Equal("RecipeInvalid", error.Id);
        Assert.Contains("'some.png'", error.Message, StringComparison.Ordinal);
    }

    private static Recipe With(string calibrated)
    {
        var root = JsonNode.Parse(Example().ToJson())!;
        root["calibrated"] = JsonNode.Parse(calibrated);
        return Recipe.FromJson(root.ToJsonString(), "'some.png'");
    }

    [Theory]
    [InlineData("""[{ "modality": "sketch", "points": [{ "level": 1, "weight": 0.5 }, { "level": 1000, "weight": 1.25 }] }]""")]
    [InlineData("[null]")]
    public void A_recipe_with_calibrated_weights_is_refused(string calibrated)
    {
        var error = Assert.Throws<McdmException>(() => With(calibrated));
        Assert.Equal(("RecipeCalibrated", ErrorKind.NotSupported), (error.Id, error.Kind));
        Assert.Contains("'some.png' has calibrated weights", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public void A_recipe_whose_calibrated_weights_are_of_no_expert_is_read(string calibrated) => Assert.Equal(3, With(calibrated).ToRequest().Conditions.Count);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Recipes_of_before_the_third_format_are_refused_by_name(int format)
    {
        string json = Example().ToJson().Replace("mcdm-recipe-4", $"mcdm-recipe-{format}", StringComparison.Ordinal);
        var error = Assert.Throws<McdmException>(() => Recipe.FromJson(json));
        Assert.Equal(("RecipeFormat", ErrorKind.NotSupported), (error.Id, error.Kind));
        Assert.Contains($"'mcdm-recipe-{format}'; this version reads 'mcdm-recipe-4' and 'mcdm-recipe-3'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void What_is_no_object_of_the_kind_is_refused(string json) =>
        Assert.Equal("RecipeInvalid", Assert.Throws<McdmException>(() => Recipe.FromJson(json)).Id);

    [Fact]
    public void A_picture_in_a_recipe_that_is_none_is_refused_when_it_is_used()
    {
        var condition = new RecipeCondition { Modality = Modality.Sketch, Picture = [1, 2, 3], Sha256 = "" };
        Assert.Contains("Sketch", Assert.Throws<McdmException>(condition.ToCondition).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_recipe_says_so()
    {
        using var files = new TemporaryFolder();
        PngFile.Write(Pictures.Filled(2, 2, PictureColor.White), files.File("plain.png"));
        var error = Assert.Throws<McdmException>(() => Recipe.FromPng(files.File("plain.png")));
        Assert.Equal("RecipeMissing", error.Id);
        Assert.Null(McdmImage.FromFile(files.File("plain.png")).Recipe);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{\"tool\":\"mcdm\",\"version\":2}")]
    [InlineData("")]
    public void What_others_wrote_under_the_keyword_is_passed_over(string foreign)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("picture.png");
        PngFile.Write(Pictures.Filled(2, 2, Pictures.Black), path, new Dictionary<string, string> { [Recipe.TextKeyword] = foreign });
        Assert.Null(McdmImage.FromFile(path).Recipe);
        Assert.Equal("RecipeMissing", Assert.Throws<McdmException>(() => Recipe.FromPng(path)).Id);
    }
}
