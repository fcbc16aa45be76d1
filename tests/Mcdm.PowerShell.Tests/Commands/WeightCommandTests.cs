using Mcdm.Core.Tests.Imaging;
using Mcdm.Diffusion.Composition;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Weights as numbers, schedules and regions, and the ways to combine, from the command line.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class WeightCommandTests : TinyModelTests
{
    private const string Compose = "$conditions = @((New-McdmCondition -Sketch ./sketch.png), (New-McdmCondition -Segment ./mask.png), (New-McdmCondition 'a red disc'));";

    public WeightCommandTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private EngineResult Run(string script) => Engine.Invoke("param($data, $path) " + script, ("data", TinyModel.Data), ("path", Model));

    private void WriteRegion(int size) => PngFile.Write(Pictures.Filled(size, size, Pictures.Black), Path.Combine(Folder, $"region{size}.png"));

    [Fact]
    public void A_schedule_and_a_region_change_the_picture_and_come_back_from_the_recipe()
    {
        WriteRegion(16);
        var images = Images(Run("""
            $sketch = New-McdmCondition -Sketch ./sketch.png
            $sketch, (New-McdmCondition 'a red disc') | Invoke-McdmSample -Model $tiny -Seed 3 -Steps 3
            $b = $sketch, (New-McdmCondition 'a red disc' -Weight 2 -Schedule @{ 1 = 0; 1000 = 1.5 }) | Invoke-McdmSample -Model $tiny -Seed 3 -Steps 3
            $b; $b | Invoke-McdmSample -Model $tiny
            $sketch, (New-McdmCondition 'a red disc' -Region ./region16.png) | Invoke-McdmSample -Model $tiny -Seed 3 -Steps 3
            $sketch, (New-McdmCondition 'a red disc' -Schedule @{ 1 = 0 }) | Invoke-McdmSample -Model $tiny -Seed 3 -Steps 3
            """));
        Assert.NotEqual(images[0].Picture.Rgba, images[1].Picture.Rgba);
        Assert.Equal(images[1].Picture.Rgba, images[2].Picture.Rgba);
        Assert.Equal([new(1, 0), new(1000, 1.5)], images[2].Recipe!.Conditions[0].Schedule!);
        Assert.Contains("× 2 × schedule", images[1].Conditions, StringComparison.Ordinal);
        // Black everywhere: the sentence speaks nowhere.
        Assert.InRange(images[3].Picture.Rgba.Zip(images[4].Picture.Rgba, (a, b) => Math.Abs(a - b)).Average(), 0, 1);
    }

    [Fact]
    public void Combiners_make_other_pictures_which_their_recipes_make_again()
    {
        var images = Images(Run(Compose + """
            foreach ($combiner in 'Product', 'Mixture', 'Superposition') {
                $image = $conditions[0, 2] | Invoke-McdmSample -Model $tiny -Seed 3 -Steps 4 -Sampler Ddpm -Combiner $combiner
                $image; $image | Invoke-McdmSample -Model $tiny
            }
            """));
        for (int k = 0; k < 6; k += 2) { Assert.Equal(images[k].Picture.Rgba, images[k + 1].Picture.Rgba); }
        Assert.Equal([new Product(), new Mixture(), new Superposition()], new[] { 0, 2, 4 }.Select(k => images[k].Recipe!.Combiner));
        Assert.NotEqual(images[0].Picture.Rgba, images[2].Picture.Rgba);
    }

    [Fact]
    public void The_recipe_tells_how_far_the_conditions_were_apart()
    {
        var seen = Images(Run(Compose + "$conditions | Invoke-McdmSample -Model $tiny -Seed 3 -Steps 4"))[0].Recipe!.Disagreement!;
        Assert.Equal(4, seen.Levels.Count);
        Assert.Equal(["text", "sketch", "segment"], seen.Norms.Select(norm => norm.Condition));
        Assert.Equal(3, seen.Cosines.Count);
        Assert.All(seen.Cosines.SelectMany(pair => pair.Values), cosine => Assert.InRange(cosine, -1, 1));
    }

    [Fact]
    public void WhatIf_tells_the_cost_and_samples_nothing()
    {
        var result = Run(Compose + "$conditions | Invoke-McdmSample -Model $tiny -Count 3 -Seed 3 -Steps 4 -WhatIf").WithoutErrors();
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("New-McdmCondition 'a red disc' -Weight ([double]::NaN)", "WeightNotFinite")]
    [InlineData("New-McdmCondition 'a red disc' -Weight ([double]::PositiveInfinity)", "WeightNotFinite")]
    [InlineData("New-McdmCondition 'a red disc' -Schedule @{ 1 = [double]::NaN }", "WeightNotFinite")]
    [InlineData("New-McdmCondition 'a red disc' -Schedule @{}", "ScheduleInvalid")]
    [InlineData("New-McdmCondition 'a red disc' -Schedule @{ high = 1 }", "ScheduleInvalid")]
    [InlineData("New-McdmCondition 'a red disc' -Schedule @{ 0 = 1 }", "ScheduleInvalid")]
    [InlineData("New-McdmCondition 'a red disc' -Region ./nowhere.png", "PathNotFound")]
    [InlineData("New-McdmCondition 'a red disc' -Schedule @{ 1 = 0; 4000 = 1 } | Invoke-McdmSample -Model $tiny", "ScheduleInvalid")]
    [InlineData("Invoke-McdmSample -Model $tiny -Text a -TextSchedule '1=0;4000=1'", "ScheduleInvalid")]
    [InlineData("New-McdmCondition 'a red disc' | Invoke-McdmSample -Model $tiny -Temperature 100", "SettingUnread")]
    [InlineData("New-McdmCondition 'a red disc' | Invoke-McdmSample -Model $tiny -ResampleThreshold 1", "SettingUnread")]
    [InlineData("New-McdmCondition 'a red disc' | Invoke-McdmSample -Model $tiny -Eta 0.5", "SettingUnread")]
    [InlineData("New-McdmCondition 'a red disc' | Invoke-McdmSample -Model $tiny -Sampler Ddpm -Eta 0", "SettingUnread")]
    [InlineData("New-McdmCondition 'a red disc' | Invoke-McdmSample -Model $tiny -NegativePrompt 'a blue disc'", "SettingUnread")]
    [InlineData("New-McdmCondition 'a red disc' | Invoke-McdmSample -Model $tiny -Particles 0", "ParticlesOutOfRange")]
    [InlineData("New-McdmCondition 'a red disc' | Invoke-McdmSample -Model $tiny -Combiner Superposition", "CombinerSampler")]
    [InlineData("New-McdmCondition 'a red disc' -Weight -1 | Invoke-McdmSample -Model $tiny -Combiner Mixture", "MixtureWeight")]
    public void What_cannot_be_is_refused(string script, string id)
    {
        WriteRegion(8);
        var result = Run(script.Replace("Join-Path $data images", "\"$data/images\"", StringComparison.Ordinal));
        Assert.Equal([id], result.ErrorIds);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_weight_of_all_conditions_multiplies_theirs_and_is_a_number()
    {
        var image = Assert.Single(Images(Run("New-McdmCondition 'a red disc' -Weight 0.5 | Invoke-McdmSample -Model $tiny -Steps 1 -Weight 3")));
        Assert.Equal(1.5, Assert.Single(image.Recipe!.Conditions).Weight);
        var result = Run("New-McdmCondition 'a red disc' | Invoke-McdmSample -Model $tiny -Weight $tiny");
        Assert.Contains("number", Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calibrated_weights_of_a_pack_are_passed_over_with_a_warning()
    {
        var result = Run("""
            $folder = $tiny | Export-McdmModel ./calibrated -Name Calibrated
            $file = Join-Path $folder.FullName model.json
            $description = Get-Content $file -Raw | ConvertFrom-Json
            $description | Add-Member calibration @{ model = 'Tiny'; experts = @('sketch'); pictures = 8; ridge = 1; levels = @() }
            $description | ConvertTo-Json -Depth 20 | Set-Content $file
            Import-McdmModel -Path ./calibrated | ForEach-Object Name
            """).WithoutErrors();
        Assert.Equal("Calibrated", result.Only<string>());
        Assert.Contains("calibrated weights, which this version passes over", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }
}
