using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>What stands for a model or a condition: names, paths, sentences.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class TransformationTests(PowerShellEngine engine) : TinyModelTests(engine)
{
    private EngineResult Invoke(string script) => Engine.Invoke("param($model) " + script, ("model", Model));

    private IEnumerable<(Modality, string)> Conditions(string script) =>
        Invoke(script).WithoutErrors().Only<McdmImage>().Recipe!.Conditions.Select(condition => (condition.Modality, condition.Text ?? Path.GetFileName(condition.Source!)));

    [Fact]
    public void A_path_stands_for_a_model_which_stays_loaded_and_is_loaded_once()
    {
        Assert.Equal(2, Invoke("Invoke-McdmSample -Model $model -Steps 1; Invoke-McdmSample -Model \"$model/\" -Steps 1").WithoutErrors().Output.Count);
        Assert.Equal("Tiny", Invoke("Get-McdmModel").WithoutErrors().Only<Model>().Name);
    }

    [Fact]
    public void The_name_of_an_embedded_model_stands_for_it()
    {
        Environment.SetEnvironmentVariable("MCDM_MODELS", Path.GetDirectoryName(Model));
        Assert.Equal("Tiny", Invoke("Invoke-McdmSample -Model tiny -Steps 1").WithoutErrors().Only<McdmImage>().Model);
        Assert.Equal(Model, Assert.Single(ModelLibrary.Loaded).Path);
    }

    [Fact]
    public void Models_are_exported_and_trained_from_by_their_path()
    {
        Invoke("Export-McdmModel -Model $model ./copy").WithoutErrors();
        Invoke("$data = Import-McdmDataset .; $null = Start-McdmTraining $data -InitializeFrom ./copy -Steps 1 -BatchSize 2 -OutputPath ./run").WithoutErrors();
        Assert.Equal(["Tiny float32", "Tiny float32"], Invoke("Get-McdmModel | ForEach-Object { \"$($_.Name) $($_.Precision)\" }").Output.Select(name => name.ToString()));
    }

    [Fact]
    public void Removing_a_model_loads_none()
    {
        Assert.Equal(["ParameterArgumentTransformationError"], Invoke("Remove-McdmModel $model").ErrorIds);
        Assert.Empty(ModelLibrary.Loaded);
    }

    [Fact]
    public void A_name_that_nothing_has_says_what_may_be_given()
    {
        var error = Assert.Single(Invoke("Invoke-McdmSample -Model Nobody").Errors);
        Assert.Contains("give the path of a model folder", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Strings_are_a_sentence_a_sketch_and_a_mask()
    {
        Assert.Equal([(Modality.Text, "a red disc"), (Modality.Sketch, "sketch.png"), (Modality.Segment, "mask.png")],
            Conditions("Invoke-McdmSample -Model $model -Steps 1 -Condition 'a red disc', ./sketch.png, ./mask.png"));
        Assert.Equal([(Modality.Text, "a red disc"), (Modality.Segment, "mask.png")], Conditions("'a red disc', './mask.png' | Invoke-McdmSample -Model $model -Steps 1"));
        Assert.Equal([(Modality.Text, "a red disc"), (Modality.Sketch, "sketch.png")], Conditions("Invoke-McdmSample -Model $model -Steps 1 -Condition 'a red disc', (New-McdmCondition -Sketch ./sketch.png)"));
    }

    [Fact]
    public void What_a_mask_is_depends_on_the_parts_of_the_models()
    {
        Invoke("$null = Import-McdmModel Faces").WithoutErrors();
        Assert.Equal([(Modality.Sketch, "mask.png")], Conditions("Invoke-McdmSample -Model Faces -Steps 1 -Condition ./mask.png"));
    }

    [Fact]
    public void Black_and_white_are_a_sketch_whatever_parts_have_these_colours()
    {
        Invoke("$null = Import-McdmModel Faces, Fashion").WithoutErrors();
        try
        {
            Assert.Equal([(Modality.Sketch, "sketch.png")], Conditions("Invoke-McdmSample -Model Faces -Steps 1 -Condition ./sketch.png"));
            string garment = Path.Combine(Checkout.Root, "examples", "inputs", "garments", "shirt");
            Assert.Equal([(Modality.Sketch, "mask.png"), (Modality.Segment, "mask.png")],
                Conditions($"Invoke-McdmSample -Model Fashion -Steps 1 -Condition '{garment}/mask.png', (New-McdmCondition -Segment '{garment}/mask.png')"));
        }
        finally
        {
            Engine.Invoke("Remove-McdmModel Fashion");
        }
    }

    [Theory]
    [InlineData("hair: black, eyes: blue")]
    [InlineData("a disc... that is red?")]
    [InlineData("[a] *red* disc")]
    [InlineData("either/or")]
    public void A_sentence_may_look_odd(string sentence) =>
        Assert.Equal([(Modality.Text, sentence)], Conditions($"Invoke-McdmSample -Model $model -Steps 1 -Condition '{sentence}'"));

    [Theory]
    [InlineData("./missing.png", "There is no picture")]
    [InlineData("nodrive:missing.png", "nodrive")]
    [InlineData("./text.txt", "not a picture")]
    [InlineData("", "is empty")]
    [InlineData("./sampled-1.png", "-Recipe")]
    public void A_string_that_cannot_be_meant_says_why(string condition, string why)
    {
        Invoke("Invoke-McdmSample -Model $model -Steps 1 -Seed 1 -Name sampled | Save-McdmImage .").WithoutErrors();
        File.WriteAllText(Path.Combine(Folder, "text.txt"), "text");
        var result = Invoke($"Invoke-McdmSample -Model $model -Steps 1 -Condition '{condition}'");
        Assert.Contains(why, Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_piped_path_of_a_sampled_picture_and_a_recipe_as_json_make_the_picture_again()
    {
        var images = Invoke("$image = Invoke-McdmSample -Model $model -Steps 1 -Seed 4; $file = $image | Save-McdmImage .; $image; $file.FullName | Invoke-McdmSample; $image.Recipe.ToJson() | Invoke-McdmSample").WithoutErrors().Output
            .Select(image => ((McdmImage)image.BaseObject).Picture.Rgba).ToList();
        Assert.Equal(3, images.Count);
        Assert.All(images, image => Assert.Equal(images[0], image));
    }

    public override void Dispose()
    {
        Environment.SetEnvironmentVariable("MCDM_MODELS", null);
        base.Dispose();
    }
}
