using Mcdm.Evaluation;
using Mcdm.Runs;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>What is typed beside conditions is of their composition; what rows say is never passed over.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class BesideConditionsTests : TinyModelTests
{
    private const string Once = " -Model $tiny -Steps 1 -Seed 1 ";

    public BesideConditionsTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    [Theory]
    [InlineData("Invoke-McdmSample 'a red disc' -Sketch ./sketch.png", "Text 'a red disc'; Sketch sketch.png")]
    [InlineData("'a red disc' | Invoke-McdmSample -Sketch ./sketch.png", "Text 'a red disc'; Sketch sketch.png")]
    [InlineData("Invoke-McdmSample -Condition 'a red disc' -TextWeight 2", "Text 'a red disc' × 2")]
    [InlineData("Invoke-McdmSample 'a red disc' -Text 'a disc'", "Text 'a red disc'; Text 'a disc'")]
    [InlineData("@(New-McdmCondition 'a disc'; New-McdmCondition -Sketch ./sketch.png -Weight 0.5) | Invoke-McdmSample -SketchWeight 2 -Segment ./mask.png -Part 'red disc'",
        "Text 'a disc'; Sketch sketch.png × 2; Segment mask.png")]
    [InlineData("Invoke-McdmSample 'a disc' -TextSchedule @{ 1 = 0; 400 = 1 } -Sketch ./sketch.png -SketchSchedule '1=0;400=1' -SketchRegion ./face.png",
        "Text 'a disc' × schedule; Sketch sketch.png × schedule × region")]
    public void Conditions_and_what_is_typed_beside_them_are_one_composition(string script, string conditions)
    {
        var image = Assert.Single(Images(script + Once));
        Assert.Equal(conditions, string.Join("; ", image.Recipe!.Conditions.Select(condition => condition.ToCondition().ToString())));
    }

    [Fact]
    public void Records_keep_their_compositions_and_take_what_is_typed_into_each()
    {
        var images = Images("@{ Text = 'a red disc' }, @{ Text = 'a disc'; TextWeight = 3 } | Invoke-McdmSample -Sketch ./sketch.png" + Once);
        Assert.Equal(["Text 'a red disc'; Sketch sketch.png", "Text 'a disc' × 3; Sketch sketch.png"], images.Select(image => string.Join("; ", image.Recipe!.Conditions.Select(condition => condition.ToCondition()))));
    }

    [Fact]
    public void Script_blocks_make_a_composition_of_each_sentence()
    {
        var images = Images("'red', 'blue' | Invoke-McdmSample -Text { \"a $_ disc\" }" + Once);
        Assert.Equal(["a red disc", "a blue disc"], images.Select(image => Assert.Single(image.Recipe!.Conditions).Text));
    }

    [Fact]
    public void A_row_may_name_its_model()
    {
        var result = Engine.Invoke("param($path) Get-McdmModel | Remove-McdmModel; @{ Text = 'a red disc'; Model = $path; Name = 'a' }, @{ Text = 'a disc'; Model = 'none' } | Invoke-McdmSample -Steps 1 -Seed 1", ("path", Model));
        Assert.Equal("a-1", ((McdmImage)Assert.Single(result.Output).BaseObject).FileName);
        Assert.StartsWith("Row 2: No model named 'none' is loaded", Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warning_that_is_to_stop_ends_its_row_alone()
    {
        const string rows = "@{ Name = 'a'; Text = 'a rde disc' }, @{ Name = 'b'; Text = 'a rde disc' }, @{ Name = 'c'; Text = 'a red disc' }, @{ Name = 'd'; Text = 'a disc'; Prompt = 'x' } | ";
        foreach (string stop in (string[])[rows + "Invoke-McdmSample -WarningAction Stop" + Once, "$WarningPreference = 'Stop'; " + rows + "Invoke-McdmSample" + Once])
        {
            var result = Engine.Invoke($"& {{ {stop} }}");
            Assert.Equal("c-1", ((McdmImage)Assert.Single(result.Output).BaseObject).FileName);
            Assert.Equal(["WarningStop", "WarningStop", "WarningStop"], result.ErrorIds);
            Assert.StartsWith("Row 2 (b): Of 'a rde disc' the text expert never learnt 'rde'", result.Errors[1].Exception.Message, StringComparison.Ordinal);
            Assert.Equal("Row 4 (d): Column 'Prompt' is not read. Did you mean 'Text'?", result.Errors[2].Exception.Message);
        }
    }

    [Fact]
    public void A_row_of_the_pictures_of_another_is_an_error_each_time_and_never_done()
    {
        File.WriteAllLines(Path.Combine(Folder, "twice.csv"), ["Name,Text,Sketch,Seed", "dress,a red disc,,1", "dress,a blue disc,,1", "lost,,none.png,1", "lost,a disc,,1"]);
        for (int time = 0; time < 2; time++)
        {
            var result = Engine.Invoke("Import-McdmJob ./twice.csv | Invoke-McdmSample -Model $tiny -Steps 1 -SkipExisting ./out | Save-McdmImage ./out -SkipExisting");
            Assert.Equal(["OutputTwice", "PathNotFound", "OutputTwice"], result.ErrorIds);
            Assert.StartsWith("Row 2 (dress): ", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        }
        var measured = Engine.Invoke("Measure-McdmRun ./out -Jobs ./twice.csv").WithoutErrors().Only<RunMeasurement>();
        Assert.Equal((4, 1, 3, 1), (measured.Rows, measured.Done, measured.Failed, measured.Pictures));
        Assert.Equal(["OutputTwice", "PathNotFound", "OutputTwice"], measured.Failures.Select(failure => failure.Id));
    }

    [Theory]
    [InlineData("New-McdmCondition 'a blue disc' -Weight -1")]
    [InlineData("New-McdmCondition 'a blue disc' -Weight 0")]
    [InlineData("New-McdmCondition 'a blue disc' -Schedule @{ 1 = 0; 500 = -1 }")]
    public void What_a_picture_is_kept_away_from_is_not_measured_as_asked_for(string unwanted)
    {
        string measure = " -Judge " + Path.Combine(Path.GetDirectoryName(Model)!, "judges", "Tiny");
        var measured = Engine.Invoke($"$p = @(New-McdmCondition 'a red disc'; {unwanted}) | Invoke-McdmSample {Once}; $p | Measure-McdmImage{measure}").WithoutErrors().Only<ImageMeasurement>();
        Assert.Equal(["red"], measured.Statements.SelectMany(judged => judged.Statement.Values));
    }
}
