using Mcdm.Core.Tests.Prompts;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Sampling;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Generation;

/// <summary>Recipes as rows: the same pictures, bit for bit.</summary>
public sealed class RecipeRowTests
{
    private static readonly JobReader s_reader = new((path, _) => throw new Xunit.Sdk.XunitException($"No file is needed: {path}"), _ => { }, _ => { });

    private static Picture Stripes(int side)
    {
        var rgba = new byte[side * side * 4];
        for (int i = 0; i < rgba.Length; i++) { rgba[i] = i % 4 == 3 || i / 4 % 16 < 8 ? (byte)255 : (byte)(i / side % 256); }
        return new Picture(side, side, rgba);
    }

    private static McdmImage Made(Model model, GenerationRequest request) => new ImageGenerator(model).Generate(request).Single();

    /// <summary>What a table in text keeps of a row.</summary>
    private static Row AsText(Row row) =>
        new(row.Values.Select(value => KeyValuePair.Create(value.Key, (object?)Convert.ToString(value.Value, System.Globalization.CultureInfo.InvariantCulture))));

    private static void AssertMadeAgain(Model model, GenerationRequest request)
    {
        var picture = Made(model, request);
        var row = AsText(RecipeRow.Of(picture.Recipe!, "again"));
        JobColumns.Check(row);
        var again = Made(model, s_reader.Read(row, model, "again"));
        Assert.Equal(picture.Picture.Rgba, again.Picture.Rgba);
        Assert.Equal(picture.Recipe!.Sampling, again.Recipe!.Sampling);
        Assert.Equal(picture.Recipe.Combiner, again.Recipe.Combiner);
        Assert.Equal(picture.Recipe.Conditions.Select(condition => condition.ToString()?.Replace("picture", "", StringComparison.Ordinal)).Order(),
            again.Recipe.Conditions.Select(condition => condition.ToString()?.Replace("picture", "", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Own_models_make_the_same_picture_of_all_modalities_settings_and_a_start()
    {
        using var model = ModelReader.Read([Path.Combine(Checkout.Folder, "module", "models", "Faces")], new(), CPU, ScalarType.Float32);
        Picture stripes = Stripes(128);
        Condition text = Condition.FromText("a person with pink hair");
        AssertMadeAgain(model, new() { Conditions = [text], Seed = 3, Sampling = UsualSampling.For(model, null, 2), Combiner = UsualSampling.Combiner(model, null, null) });
        AssertMadeAgain(model, new()
        {
            Conditions = [text.Weighted(1.25, new WeightSchedule([new(1, 0.3), new(400, 1 / 3.0)]), stripes), Condition.FromSketch(stripes), Condition.FromText("glasses", -0.5)],
            Seed = 4, Sampling = UsualSampling.For(model, new Ddim(), 2).WithEta(0.5), Combiner = new Product(0.25), From = null,
        });
        AssertMadeAgain(model, new()
        {
            Conditions = [text], Seed = 5, Sampling = UsualSampling.For(model, null, 4, fromPicture: true), From = new StartPicture(stripes, 0.5, stripes),
            Combiner = UsualSampling.Combiner(model, null, null),
        });
    }

    [Fact]
    public void Other_models_make_the_same_picture_of_letters_controls_and_a_negative_prompt()
    {
        using var model = TinyPrompts.Import(null, "sd1-tiny-canny", "sd1-tiny-seg");
        var request = new GenerationRequest
        {
            Conditions =
            [
                Condition.FromText("a (fox)", 3).Literally(), Condition.FromText("a castle", 2),
                Condition.Of(Modality.Picture, Stripes(64)).For("sd1-tiny-canny").Scaled(0.8).Saying("a fox"), Condition.Of(Modality.Picture, Stripes(64)).For("sd1-tiny-seg"),
            ],
            NegativePrompt = "rain", Seed = 6, Sampling = model.Sampling! with { Steps = 2 },
        };
        AssertMadeAgain(model, request);
        var guess = request with { Conditions = [Condition.Of(Modality.Picture, Stripes(64)).For("sd1-tiny-canny").Guessing()], NegativePrompt = null };
        Assert.Equal("RecipeNoRow", Assert.Throws<McdmException>(() => RecipeRow.Of(Made(model, guess).Recipe!, null)).Id);
    }

    [Theory]
    [InlineData("data:image/png;base64,AAA!")]
    [InlineData("data:image/png")]
    [InlineData("data:text/plain,hello")]
    public void A_cell_that_holds_no_picture_is_refused(string cell)
    {
        using var model = TinyPrompts.Import(null, "sd1-tiny-canny");
        var error = Assert.Throws<McdmException>(() => s_reader.Read(new Row([KeyValuePair.Create("Control", (object?)cell)]), model, null));
        Assert.Equal("CellInvalid", error.Id);
    }
}
