using Mcdm.Evaluation;
using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>What the conditions of a picture did: Measure-McdmImage -Attribution and ConvertTo-McdmPlot.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class AttributionTests : TinyModelTests
{
    private const string Sample = "$image = Invoke-McdmSample -Condition 'a red disc', './sketch.png' -Model $tiny -Steps 2 -Seed 5; ";

    public AttributionTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private List<ConditionAttribution> Attribute(string script) =>
        Engine.Invoke(Sample + script).WithoutErrors().Output.Select(one => (ConditionAttribution)one.BaseObject).ToList();

    [Fact]
    public void Every_condition_is_left_out_once()
    {
        var parts = Attribute("$image | Measure-McdmImage -Attribution");
        Assert.Equal([("Tiny-5", 5L, Modality.Text, "'a red disc'"), ("Tiny-5", 5L, Modality.Sketch, "sketch.png")], parts.Select(part => (part.FileName, part.Seed, part.Modality, part.Condition)));
        Assert.Equal(["Sketch sketch.png", "Text 'a red disc'"], parts.Select(part => part.LeftOut.Conditions));
        Assert.All(parts, part => Assert.InRange(part.Change, double.Epsilon, part.Scale));
        Assert.Equal(5, parts[0].LeftOut.Seed);
    }

    [Fact]
    public void Saved_pictures_give_the_same_as_those_they_were_saved_from()
    {
        var parts = Attribute("$image | Measure-McdmImage -Attribution");
        foreach (string saved in new[] { "$saved | Measure-McdmImage -Attribution", "Measure-McdmImage ./out/*.png -Attribution -Model $tiny", "Measure-McdmImage -LiteralPath ./out/Tiny-5.png -Attribution", "'./out/Tiny-5.png' | Measure-McdmImage -Attribution" })
        {
            Assert.Equal(parts.Select(part => (part.FileName, part.Change)), Attribute($"$saved = $image | Save-McdmImage ./out -Force; {saved}").Select(part => (part.FileName, part.Change)));
        }
    }

    [Fact]
    public void Heat_maps_and_pictures_are_saved_under_names_that_say_what_they_are()
    {
        string[] names = [.. Engine.Invoke(Sample + "$parts = $image | Measure-McdmImage -Attribution; ($parts | ForEach-Object HeatMap), ($parts | ForEach-Object LeftOut) | Save-McdmImage ./out | ForEach-Object Name").WithoutErrors().Output.Select(name => $"{name}")];
        Assert.Equal(["Tiny-moved-by-text-5.png", "Tiny-moved-by-sketch-5.png", "Tiny-without-text-5.png", "Tiny-without-sketch-5.png"], names);
    }

    [Theory]
    [InlineData("Measure-McdmImage ./face.png -Attribution", "NothingToMeasure")]
    [InlineData("Invoke-McdmSample -Model $tiny -Steps 1 | Measure-McdmImage -Attribution", "NothingToMeasure")]
    [InlineData(Sample + "$tiny | Remove-McdmModel; $image | Measure-McdmImage -Attribution", "ModelRequired")]
    [InlineData(Sample + "$tiny | Remove-McdmModel; $image | Measure-McdmImage -Attribution -Model $tiny", "ModelRemoved")]
    [InlineData(Sample + "$image | Measure-McdmImage -Attribution -Summary", "AmbiguousParameterSet")]
    [InlineData(Sample + "$image | Measure-McdmImage -Attribution -Condition 'a disc'", "AmbiguousParameterSet")]
    [InlineData("Measure-McdmImage ./face.png -Attribution -Reference .", "AmbiguousParameterSet")]
    [InlineData("Measure-McdmImage ./face.png -Model $tiny -Summary", "AmbiguousParameterSet")]
    [InlineData("ConvertTo-McdmPlot ./face.png", "RecipeMissing")]
    [InlineData("New-McdmCondition 'a red disc' | Invoke-McdmSample -Model $tiny -Steps 1 | ConvertTo-McdmPlot", "NoDisagreement")]
    [InlineData("Invoke-McdmSample -Model $tiny -Steps 1 | ForEach-Object Recipe | ConvertTo-McdmPlot", "NoDisagreement")]
    public void What_cannot_be_attributed_or_plotted_has_an_error_id(string script, string id) => Assert.Equal([id], Engine.Invoke(script).ErrorIds);

    [Fact]
    public void The_table_shows_what_each_condition_changed() =>
        Assert.Contains(Engine.Invoke(Sample + "$image | Measure-McdmImage -Attribution | Out-Default").HostLines,
            line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^Tiny-5 +5 +Sketch +0\.\d{4} sketch\.png"));

    [Theory]
    [InlineData("$image | ConvertTo-McdmPlot")]
    [InlineData("$image.Recipe | ConvertTo-McdmPlot")]
    [InlineData("$null = $image | Save-McdmImage ./out; ConvertTo-McdmPlot ./out/Tiny-5.png")]
    public void A_plot_is_a_picture_of_the_size_that_was_asked_for(string script)
    {
        var plot = Engine.Invoke(Sample + script + " -Width 700 -Height 500").WithoutErrors().Only<McdmImage>();
        Assert.Equal(("Tiny-5-disagreement", 700, 500, null), (plot.FileName, plot.Width, plot.Height, plot.Recipe));
    }
}
