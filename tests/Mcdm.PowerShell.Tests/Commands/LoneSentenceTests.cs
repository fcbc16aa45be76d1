using Mcdm.Imaging;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>A model's usual weights for a sentence that is all that is given, unless it was given a weight.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class LoneSentenceTests : TinyModelTests
{
    public LoneSentenceTests(PowerShellEngine engine) : base(engine)
    {
        ImportTiny();
        Engine.Invoke("""
            $null = $tiny | Export-McdmModel ./guided -Name Guided -SentenceSchedule @{ 666 = 1; 667 = 3 }
            $global:guided = Import-McdmModel -Path ./guided
            """).WithoutErrors();
    }

    private string[] Said(string script) => [.. Images(script).Select(image => image.Conditions)];

    [Theory]
    [InlineData("Invoke-McdmSample -Text 'a red disc'")]
    [InlineData("'a red disc' | Invoke-McdmSample")]
    [InlineData("New-McdmCondition 'a red disc' | Invoke-McdmSample")]
    [InlineData("[pscustomobject]@{ Text = 'a red disc' } | Invoke-McdmSample")]
    [InlineData("[pscustomobject]@{ Text = 'a red disc'; TextWeight = '' } | Invoke-McdmSample")]
    [InlineData("New-McdmCondition 'a red disc' | Export-Clixml ./c.xml; Import-Clixml ./c.xml | Invoke-McdmSample")]
    [InlineData("(New-McdmCondition 'a red disc'), (New-McdmCondition -Sketch ./sketch.png -Weight 0) | Invoke-McdmSample")]
    public void Alone_and_without_a_weight_it_has_the_models(string script)
    {
        var recipe = Assert.Single(Images($"{script} -Model $guided -Steps 2 -Seed 1")).Recipe!;
        Assert.Equal([new(666, 1), new(667, 3)], recipe.Conditions.Single(condition => condition.Text is not null).Schedule!);
    }

    [Theory]
    [InlineData("Invoke-McdmSample -Text 'a red disc' -TextWeight 1")]
    [InlineData("New-McdmCondition 'a red disc' -Weight 1 | Invoke-McdmSample")]
    [InlineData("New-McdmCondition 'a red disc' -Schedule @{ 1 = 1 } | Invoke-McdmSample")]
    [InlineData("New-McdmCondition 'a red disc' -Weight 1 | Export-Clixml ./c.xml; Import-Clixml ./c.xml | Invoke-McdmSample")]
    [InlineData("[pscustomobject]@{ Text = 'a red disc'; TextWeight = '1' } | Invoke-McdmSample")]
    [InlineData("(New-McdmCondition 'a red disc'), (New-McdmCondition 'a blue disc') | Invoke-McdmSample")]
    [InlineData("New-McdmCondition 'a red disc' -Weight 0 | Invoke-McdmSample")]
    [InlineData("Invoke-McdmSample -Text 'a red disc' -Sketch ./sketch.png")]
    [InlineData("Invoke-McdmSample -Text 'a red disc' -Picture ./face.png")]
    [InlineData("Invoke-McdmSample -Sketch ./sketch.png")]
    [InlineData("Invoke-McdmSample -Text 'a red disc' -Combiner Mixture")]
    public void Given_a_weight_or_company_it_has_none_but_its_own(string script) =>
        Assert.DoesNotContain(Assert.Single(Images($"{script} -Model $guided -Steps 2 -Seed 1")).Recipe!.Conditions,
            condition => condition.Schedule?.Any(point => point.Weight == 3) == true);

    [Fact]
    public void A_model_that_names_none_has_weight_1_and_a_recipe_says_what_was_used()
    {
        var images = Images("""
            Invoke-McdmSample -Model $tiny -Text 'a red disc' -Steps 3 -Seed 1
            Invoke-McdmSample -Model $guided -Text 'a red disc' -TextWeight 1 -Steps 3 -Seed 1
            $guided3 = Invoke-McdmSample -Model $guided -Text 'a red disc' -Steps 3 -Seed 1; $guided3
            $guided3 | Invoke-McdmSample -Model $guided
            New-McdmCondition 'a red disc' -Schedule @{ 666 = 1; 667 = 3 } | Invoke-McdmSample -Model $tiny -Steps 3 -Seed 1
            """);
        Assert.Equal(images[0].Picture.Rgba, images[1].Picture.Rgba);
        Assert.NotEqual(images[0].Picture.Rgba, images[2].Picture.Rgba);
        Assert.Equal(images[2].Picture.Rgba, images[3].Picture.Rgba);
        Assert.Equal(images[2].Picture.Rgba, images[4].Picture.Rgba);
    }

    [Fact]
    public void A_model_written_again_keeps_it_and_what_is_no_schedule_is_refused()
    {
        Engine.Invoke("$null = $guided | Export-McdmModel ./again -Name Again").WithoutErrors();
        Assert.Contains("× schedule", Assert.Single(Said("Invoke-McdmSample -Model ./again -Text 'a red disc' -Steps 1")), StringComparison.Ordinal);
        Assert.StartsWith("ScheduleInvalid", Assert.Single(Engine.Invoke("$tiny | Export-McdmModel ./no -SentenceSchedule @{ 0 = 3 }").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Engine.Invoke("""
            $json = Get-Content ./again/model.json -Raw
            Set-Content ./again/model.json $json.Replace('"level": 666', '"level": 0')
            """).WithoutErrors();
        var error = Assert.Single(Engine.Invoke("Import-McdmModel -Path ./again").Errors);
        Assert.Contains("in the text expert, its usual weights are invalid", error.Exception.Message, StringComparison.Ordinal);
    }
}
