using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>An expert that was added later: joined with the others, given pictures, sampled from and measured.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class LowResolutionTests : TinyModelTests
{
    public LowResolutionTests(PowerShellEngine engine) : base(engine) =>
        Engine.Invoke("param($four, $fifth) $global:tiny = Import-McdmModel -Path $four, $fifth -Join", ("four", Model), ("fifth", TinyModel.Fifth(engine))).WithoutErrors();

    private EngineResult Invoke(string script) =>
        Engine.Invoke("param($four, $fifth, $judge) " + script, ("four", Model), ("fifth", TinyModel.Fifth(Engine)), ("judge", TinyModel.Judge(Engine)));

    [Fact]
    public void Joined_models_are_one_with_the_experts_of_all()
    {
        var joined = Invoke("$tiny").Only<Model>();
        Assert.Equal("Tiny+TinyLowResolution", joined.Name);
        Assert.Equal([null, Modality.Text, Modality.Sketch, Modality.Segment, Modality.LowResolution], joined.Experts.Select(expert => expert.Modality));
        Assert.Same(joined, Invoke("$four, $fifth | Import-McdmModel -Join").WithoutErrors().Only<Model>());
        Assert.Same(joined, Invoke("Get-McdmModel Tiny+TinyLowResolution").WithoutErrors().Only<Model>());
        // The models that it was joined from are models of their own: to remove one is nothing to the other.
        Invoke("Import-McdmModel -Path $four | Remove-McdmModel; Invoke-McdmSample -Model Tiny+TinyLowResolution -Steps 1").WithoutErrors().Only<McdmImage>();
    }

    [Fact]
    public void An_expert_of_another_size_is_joined_with_a_warning_that_names_both()
    {
        var result = Engine.Invoke("""
            param($four, $data)
            $null = Start-McdmTraining (Import-McdmDataset $data) -Modality LowResolution -OutputPath ./larger -ImageSize 32 -Channels 8, 16 -Blocks 1, 1 -Steps 1 -BatchSize 1
            Import-McdmModel -Path $four, ./larger -Join -OutVariable joined
            $joined | Remove-McdmModel
            """, ("four", Model), ("data", TinyModel.Data)).WithoutErrors();
        string warning = Assert.Single(result.Warnings);
        Assert.Contains("low-resolution expert was trained at 32×32", warning, StringComparison.Ordinal);
        Assert.Contains("have 16×16", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Import-McdmModel -Path $four, $four -Join", "ModelTwice")]
    [InlineData("Import-McdmModel $four, Nobody -Join", "ModelUnknown")]
    [InlineData("Import-McdmModel -Path $four, ./nowhere -Join", "PathNotFound")]
    [InlineData("New-McdmCondition -LowResolution ./words.png", "PictureNotRecognised")]
    [InlineData("New-McdmCondition -LowResolution ./nowhere.png", "PathNotFound")]
    [InlineData("New-McdmCondition -Modality LowResolution -Path ./face.png -Part nose", "PartNeedsMask")]
    [InlineData("New-McdmCondition -LowResolution ./face.png | Invoke-McdmSample -Model (Import-McdmModel -Path $four)", "ExpertMissing")]
    public void What_does_not_fit_has_an_error_id_and_gives_nothing(string script, string id)
    {
        File.WriteAllText(Path.Combine(Folder, "words.png"), "no picture");
        var result = Invoke(script);
        Assert.Equal([id], result.ErrorIds);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Two_pictures_of_rough_colours_make_one_picture() =>
        Assert.Equal(["face.png", "mask.png"], Invoke("New-McdmCondition -LowResolution ./face.png, ./mask.png | Invoke-McdmSample -Model $tiny -Steps 1").WithoutErrors()
            .Only<McdmImage>().Recipe!.Conditions.Select(condition => Path.GetFileName(condition.Source)).Order());

    [Fact]
    public void A_picture_becomes_a_condition_however_it_is_given()
    {
        foreach (string given in new[] { "-LowResolution ./fac*.png", "-Modality LowResolution -Path ./face.png", "-Modality LowResolution -LiteralPath ./face.png" })
        {
            var condition = Invoke($"New-McdmCondition {given} -Weight 0.5").WithoutErrors().Only<Condition>();
            Assert.Equal((Modality.LowResolution, 0.5, "LowResolution face.png × 0.5"), (condition.Modality, condition.Weight, condition.ToString()));
        }
        Assert.Equal(Modality.LowResolution, Invoke("Invoke-McdmSample -Model $tiny -Steps 1 | New-McdmCondition -Modality LowResolution").WithoutErrors().Only<Condition>().Modality);
    }

    [Fact]
    public void It_composes_with_the_experts_that_were_there_before_and_is_sampled_again_from_the_recipe()
    {
        var again = Invoke("""
            $image = @(New-McdmCondition 'a red disc'; New-McdmCondition -Sketch ./sketch.png; New-McdmCondition -LowResolution ./face.png -Weight 2) | Invoke-McdmSample -Model $tiny -Steps 2 -Seed 3
            $image
            $image | Save-McdmImage ./out | Invoke-McdmSample
            """).WithoutErrors()
            .Output.Select(image => (McdmImage)image.BaseObject).ToList();
        Assert.Equal([Modality.Text, Modality.Sketch, Modality.LowResolution], again[0].Recipe!.Conditions.Select(condition => condition.Modality));
        Assert.Equal("Tiny+TinyLowResolution", again[0].Recipe!.Model);
        Assert.Equal(again[0].Picture.Rgba, again[1].Picture.Rgba);
        Invoke("$tiny | Remove-McdmModel");
        Assert.Contains("Import-McdmModel Tiny, TinyLowResolution -Join", Assert.Single(Invoke("Invoke-McdmSample -Recipe ./out/Tiny+TinyLowResolution-3.png").Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Records_have_a_column_and_a_weight_for_it()
    {
        File.WriteAllLines(Path.Combine(Folder, "jobs.csv"), ["Name,Text,LowResolution,LowResolutionWeight,Seed", "a,,face.png,,1", "b,a red disc,face.png,1.5,2", "c,,no.png,,3"]);
        var result = Invoke("Import-McdmJob ./jobs.csv | Invoke-McdmSample -Model $tiny -Steps 1 -NoMeasure");
        Assert.Equal(["PathNotFound"], result.ErrorIds);
        Assert.Empty(result.Warnings);
        var conditions = result.Output.Select(image => ((McdmImage)image.BaseObject).Recipe!.Conditions[^1]).ToList();
        Assert.Equal([(Modality.LowResolution, 1.0, "face.png"), (Modality.LowResolution, 1.5, "face.png")], conditions.Select(c => (c.Modality, c.Weight, c.Source!)));
    }

    [Fact]
    public void Rough_colours_are_measured_in_decibels()
    {
        var own = Invoke("Measure-McdmImage ./face.png -Condition (New-McdmCondition -LowResolution ./face.png) -Judge $judge").WithoutErrors().Only<ImageMeasurement>();
        Assert.Equal(10 * Math.Log10(65025 * 12), own.LowResolution!.Value, 10);
        Assert.Null(own.Sketch);
        var other = Invoke("Measure-McdmImage ./face.png, ./mask.png -Condition (New-McdmCondition -LowResolution ./mask.png) -Judge $judge -Summary").WithoutErrors().Only<SetMeasurement>();
        // The face against the mask is far off, the mask against itself as near as can be.
        Assert.InRange(other.LowResolution!.Value, 58.9 / 2, 58.9 / 2 + 10);
        Assert.Contains(Invoke("Measure-McdmImage ./face.png -Condition (New-McdmCondition -LowResolution ./face.png) -Judge $judge | Out-Default").HostLines, line => line.Contains(" 58.9 dB ", StringComparison.Ordinal));
    }
}
