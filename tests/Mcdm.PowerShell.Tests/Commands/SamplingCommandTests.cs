using Mcdm.Diffusion.Composition;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.PowerShell.Serialization;
using Mcdm.Runtime;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>From model and conditions to saved pictures, as a user pipes them.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class SamplingCommandTests : TinyModelTests
{
    private const string Compose = """
        $conditions = @(
            New-McdmCondition -Sketch ./sketch.png
            New-McdmCondition -Segment ./mask.png -Part 'red disc'
            New-McdmCondition -Text 'a red disc' -Weight 1.2
        )

        """;

    public SamplingCommandTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private EngineResult Invoke(string script, params (string, object?)[] parameters) => Engine.Invoke(script, parameters);

    [Fact]
    public void Piped_conditions_become_one_composition()
    {
        var images = Images(Invoke(Compose + "$conditions | Invoke-McdmSample -Model $tiny -Count 3 -Seed 7 -Steps 3"));
        Assert.Equal([7L, 8L, 9L], images.Select(image => image.Seed!.Value));
        Assert.All(images, image => Assert.Equal([Modality.Text, Modality.Sketch, Modality.Segment], image.Recipe!.Conditions.Select(c => c.Modality)));
        Assert.Equal(1.2, images[0].Recipe!.Conditions[0].Weight);
    }

    [Theory]
    [InlineData("", 10, true)]
    [InlineData("-Text 'a red disc'", 10, true)]
    [InlineData("-Text 'a red disc' -Steps 1", 1, true)]
    [InlineData("-Text 'a red disc' -Steps 2", 2, true)]
    [InlineData("-Text 'a red disc' -Steps 3", 3, true)]
    [InlineData("-Text 'a red disc' -Steps 1000", 1000, true)]
    [InlineData("-Text 'a red disc' -Sketch ./sketch.png", 10, true)]
    [InlineData("-Text 'a red disc' -Sketch ./sketch.png -Steps 4", 4, true)]
    [InlineData("-Text 'a red disc' -Sketch ./sketch.png -Steps 200", 200, true)]
    [InlineData("-Text 'a red disc' -Sampler DpmSolver", 10, true)]
    [InlineData("-Text 'a red disc' -Sketch ./sketch.png -Sampler Ddim", 15, false)]
    [InlineData("-Text 'a red disc' -Sketch ./sketch.png -Picture ./face.png", 15, false)]
    public void Levels_lie_where_there_is_a_signal_but_for_other_samplers_and_from_pictures(string conditions, int steps, bool isSignal)
    {
        var sampling = Images(Invoke($"Invoke-McdmSample -Model $tiny {conditions}")).Single().Recipe!.Sampling;
        Assert.Equal((steps, isSignal), (sampling.Steps, sampling.Spacing?.Kind == Mcdm.Diffusion.Schedules.SpacingKind.Signal));
    }

    [Fact]
    public void Eta_is_also_found_where_it_lay_before() =>
        Assert.Equal(0.25, Invoke("(Invoke-McdmSample -Model $tiny -Sampler Ddim -Eta 0.25 -Steps 1).Recipe.Sampling.Eta").WithoutErrors().Output.Single().BaseObject);

    [Fact]
    public void Records_are_a_composition_each_and_a_bad_one_does_not_stop_the_others()
    {
        var result = Invoke("""
            @(
                [pscustomobject]@{ Text = 'a red disc'; Sketch = ''; Segment = ''; Seed = '3'; Count = '2'; Name = 'one' }
                [pscustomobject]@{ Text = ''; Sketch = 'missing.png'; Segment = ''; Seed = '4'; Count = '1'; Name = 'two' }
                [pscustomobject]@{ Text = ''; Sketch = ''; Segment = 'mask.png'; Part = 'red disc, background'; Seed = '5'; Count = '1'; Name = 'three' }
            ) | Invoke-McdmSample -Model $tiny -Steps 2
            """);
        Assert.Equal(["PathNotFound"], result.ErrorIds);
        Assert.Equal(["one-3", "one-4", "three-5"], result.Output.Select(o => ((McdmImage)o.BaseObject).FileName));
    }

    [Fact]
    public void The_same_seed_makes_the_same_picture_in_any_batch()
    {
        var together = Images(Invoke(Compose + "$conditions | Invoke-McdmSample -Model $tiny -Count 4 -Seed 1 -Steps 4 -BatchSize 4"));
        var alone = Images(Invoke(Compose + "$conditions | Invoke-McdmSample -Model $tiny -Count 4 -Seed 1 -Steps 4 -BatchSize 1"));
        for (int k = 0; k < 4; k++) { Assert.InRange(alone[k].Picture.Rgba.Zip(together[k].Picture.Rgba, (a, b) => Math.Abs(a - b)).Average(), 0, 1); }
    }

    [Theory]
    [InlineData("Invoke-McdmSample -Model $tiny -Recipe $image.Recipe")]
    [InlineData("$image | Invoke-McdmSample -Model $tiny")]
    [InlineData("$image.Recipe | Invoke-McdmSample -Model $tiny")]
    [InlineData("Invoke-McdmSample -Model $tiny -Recipe (($image | Save-McdmImage ./saved).FullName)")]
    [InlineData("$image | Save-McdmImage ./saved | Invoke-McdmSample -Model $tiny")]
    public void A_recipe_makes_the_same_picture_again(string again)
    {
        var images = Images(Invoke(Compose + "$image = $conditions | Invoke-McdmSample -Model $tiny -Seed 9 -Steps 3 -Sampler Ddpm; $image; " + again));
        Assert.Equal(2, images.Length);
        Assert.Equal(images[0].Picture.Rgba, images[1].Picture.Rgba);
    }

    [Fact]
    public void Saved_files_are_named_after_model_and_seed_and_never_replaced_without_force()
    {
        const string save = "Invoke-McdmSample -Model $tiny -Seed 3 -Count 2 -Steps 1 | Save-McdmImage ./out";
        Assert.Equal(["Tiny-3.png", "Tiny-4.png"], Invoke(save).WithoutErrors().Output.Select(o => ((SavedFile)o.BaseObject).Name));
        Assert.Equal(["OutputExists", "OutputExists"], Invoke(save).ErrorIds);
        Assert.Equal(2, Invoke(save + " -Force").WithoutErrors().Output.Count);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(Folder, "out")).Length);
    }

    [Fact]
    public void A_picture_is_saved_in_the_format_that_its_name_says_and_only_png_keeps_the_recipe()
    {
        var result = Invoke("'face.jpg', 'face.webp', 'face.png' | ForEach-Object { Invoke-McdmSample -Model $tiny -Seed 3 -Steps 1 | Save-McdmImage \"./out/$_\" -Verbose }").WithoutErrors();
        Assert.Equal(["face.jpg", "face.webp", "face.png"], result.Output.Select(o => ((SavedFile)o.BaseObject).Name));
        Assert.Equal(2, result.Verbose.Count(line => line.Contains("recipe is kept in PNG files only", StringComparison.Ordinal)));
        string[] starts = ["FFD8FF", "524946", "89504E"];
        Assert.Equal(starts, result.Output.Select(o => Convert.ToHexString(File.ReadAllBytes($"{o.BaseObject}")[..3])));
    }

    [Fact]
    public void What_if_writes_nothing()
    {
        var result = Invoke("Invoke-McdmSample -Model $tiny -Steps 1 | Save-McdmImage ./none -WhatIf");
        Assert.Empty(result.WithoutErrors().Output);
        Assert.False(Directory.Exists(Path.Combine(Folder, "none")));
    }

    [Theory]
    [InlineData("../../up")]
    [InlineData("/tmp/up")]
    [InlineData("C:\\up")]
    [InlineData("NUL")]
    [InlineData("com1.old")]
    [InlineData("..")]
    public void A_name_that_would_leave_the_folder_is_refused_before_anything_is_sampled(string name)
    {
        var result = Invoke("param($name) Invoke-McdmSample -Model $tiny -Steps 1 -Seed 1 -Name $name | Save-McdmImage ./out", ("name", name));
        Assert.Equal(["NameInvalid"], result.ErrorIds);
        Assert.False(Directory.Exists(Path.Combine(Folder, "out")));
        // Names of files that sheets and sketches take over are made safe.
        Invoke("param($name) Join-McdmImage ./face.png -Name $name | Save-McdmImage ./out", ("name", name)).WithoutErrors();
        Assert.Single(Directory.GetFiles(Path.Combine(Folder, "out")));
    }

    [Fact]
    public void Sheets_take_pictures_and_files_together()
    {
        var sheet = Images(Invoke("@('./sketch.png') + @(Invoke-McdmSample -Model $tiny -Steps 1 -Count 2) + './face.png' | Join-McdmImage -Columns 4 -Label a, b, c, d"))[0];
        Assert.True(sheet.Width > 4 * 16 && sheet.Height >= 16);
        Assert.Equal(["LabelCount"], Invoke("Join-McdmImage ./face.png -Label a, b").ErrorIds);
    }

    [Fact]
    public void A_sketch_is_made_from_a_file_or_a_sample_and_makes_a_condition()
    {
        var condition = Invoke("ConvertTo-McdmSketch ./face.png -Size 16 | New-McdmCondition -Modality Sketch").WithoutErrors().Only<Condition>();
        Assert.Equal((Modality.Sketch, 16), (condition.Modality, condition.Picture!.Width));
        Invoke("Invoke-McdmSample -Model $tiny -Steps 1 | ConvertTo-McdmSketch -Size 16 | New-McdmCondition -Modality Sketch | Invoke-McdmSample -Model $tiny -Steps 1").WithoutErrors();
    }

    [Fact]
    public void Wildcards_and_literal_names_with_brackets()
    {
        File.Copy(Path.Combine(Folder, "sketch.png"), Path.Combine(Folder, "a[1].png"));
        Assert.Equal(4, Invoke("New-McdmCondition -Sketch ./*.png").WithoutErrors().Output.Count);
        Invoke("New-McdmCondition -Modality Sketch -LiteralPath './a[1].png'").WithoutErrors().Only<Condition>();
        Invoke("[pscustomobject]@{ PSPath = \"Microsoft.PowerShell.Core\\FileSystem::$PWD/a[1].png\" } | New-McdmCondition -Modality Sketch").WithoutErrors().Only<Condition>();
    }

    [Theory]
    [InlineData("New-McdmCondition ''", "TextEmpty")]
    [InlineData("New-McdmCondition 'x' -Weight NaN", "WeightNotFinite")]
    [InlineData("New-McdmCondition -Sketch ./nothing.png", "PathNotFound")]
    [InlineData("New-McdmCondition -Sketch .", "PictureIsFolder")]
    [InlineData("New-McdmCondition -Segment ./face.png | Invoke-McdmSample -Model $tiny", "MaskColorUnknown")]
    [InlineData("New-McdmCondition -Segment ./mask.png -Part tail | Invoke-McdmSample -Model $tiny", "PartUnknown")]
    [InlineData("Get-Item . | Invoke-McdmSample -Model $tiny", "InputNotUnderstood")]
    [InlineData("Invoke-McdmSample -Model $tiny -Steps 1001", "StepsOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Steps 0", "StepsOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Eta 2", "EtaOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Sampler Ddpm -Eta 2", "EtaOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Combiner Sum", "ParameterArgumentTransformationError")]
    [InlineData("Invoke-McdmSample -Model $tiny -Combiner Mixture -GuidanceRescale 0.5", "CombinerRescale")]
    [InlineData("Invoke-McdmSample -Model $tiny -Combiner Mixture -GuidanceRescale 2", "GuidanceRescaleOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -LangevinSteps -1", "LangevinStepsOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Particles 0", "ParticlesOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Particles 4 -Temperature 0", "TemperatureOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Particles 4 -Temperature NaN", "TemperatureOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Particles 4 -Temperature ([double]::PositiveInfinity)", "TemperatureOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Particles 4 -ResampleThreshold 1.5", "ThresholdOutOfRange")]
    [InlineData("Invoke-McdmSample -Model $tiny -Count 0", "ParameterArgumentValidationError")]
    [InlineData("Invoke-McdmSample -Model $tiny -Sampler Magic", "ParameterArgumentTransformationError")]
    [InlineData("Import-McdmModel ./nowhere", "PathNotFound")]
    [InlineData("Import-McdmModel Nobody", "ModelUnknown")]
    [InlineData("Import-McdmModel -Path .", "ModelNotFound")]
    [InlineData("Get-McdmModel Nobody", "ModelUnknown")]
    [InlineData("Import-McdmDataset ./nowhere", "PathNotFound")]
    [InlineData("Invoke-McdmSample -Model $tiny -Recipe ./face.png", "ParameterArgumentTransformationError")]
    public void Bad_input_has_an_error_id(string script, string id)
    {
        var result = Invoke(script);
        Assert.Equal([id], result.ErrorIds);
        Assert.DoesNotContain(result.Output, o => o.BaseObject is McdmImage);
    }

    [Fact]
    public void Particles_come_back_from_the_recipe_and_say_what_they_cost_and_weigh()
    {
        var result = Invoke(Compose + "$image = $conditions | Invoke-McdmSample -Model $tiny -Seed 9 -Steps 3 -Particles 4 -Temperature 30 -ResampleThreshold 0.8 -Verbose; $image; $image | Invoke-McdmSample -Model $tiny");
        var images = Images(result);
        Assert.Equal(images[0].Picture.Rgba, images[1].Picture.Rgba);
        Assert.Equal(images[0].Recipe!.EffectiveSizes, images[1].Recipe!.EffectiveSizes);
        Assert.Equal(images[0].Recipe!.Particles, images[1].Recipe!.Particles);
        Assert.Equal(new ParticleOptions { Particles = 4, Temperature = 30, ResampleThreshold = 0.8 }, images[0].Recipe!.Particles);
        Assert.Equal(2, images[0].Recipe!.EffectiveSizes!.Count);
        // Text, sketch, mask and, for the weights, the unconditional expert, three steps, four particles.
        Assert.Matches("Sample 1 picture from Tiny: each of 4 particles takes at most 48 network evaluations in 3 steps; a full batch takes about \\d+ MB beside the model\\.", result.Verbose[0]);
        Assert.Matches("^Seed 9: effective sample size of 4 particles [1-4]\\.\\d at the end, [1-4]\\.\\d on average, [1-4]\\.\\d at least\\.$", result.Verbose.Single(line => line.Contains("effective", StringComparison.Ordinal)));
    }

    /// <summary>Where they are not, tests/Pester/Shell.Tests.ps1 sees why.</summary>
    [Theory]
    [InlineData("Float32")]
    [InlineData("Auto")]
    public void Verbose_lines_do_not_tell_of_networks_that_are_packed(string precision)
    {
        if (!Processor.HasAvx2) { return; }
        var result = Invoke($"$exact = Import-McdmModel -Path $tiny.Path -Precision {precision}; Invoke-McdmSample -Text 'a red disc' -Model $exact -Steps 1 -Verbose").WithoutErrors();
        Assert.Single(result.Verbose, line => line.Contains("1 pictures in", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Verbose, line => line.Contains("packed", StringComparison.Ordinal));
    }

    [Fact]
    public void Langevin_steps_change_the_picture_at_the_stated_cost_and_are_in_the_recipe()
    {
        var result = Invoke("$a = Invoke-McdmSample -Model $tiny -Text 'a red disc' -Seed 9 -Steps 4; $b = Invoke-McdmSample -Model $tiny -Text 'a red disc' -Seed 9 -Steps 4 -LangevinSteps 2 -Verbose; $a; $b; $b | Invoke-McdmSample -Model $tiny");
        var images = Images(result);
        Assert.NotEqual(images[0].Picture.Rgba, images[1].Picture.Rgba);
        Assert.Equal(images[1].Picture.Rgba, images[2].Picture.Rgba);
        Assert.Contains(result.Verbose, line => line.Contains("each takes 10 network evaluations in 4 steps;", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_may_have_particles_and_a_row_of_bad_ones_does_not_stop_the_others()
    {
        var result = Invoke("""
            @(
                [pscustomobject]@{ Text = 'a red disc'; Sketch = 'sketch.png'; Seed = '3'; Particles = '3'; Temperature = '40' }
                [pscustomobject]@{ Text = 'a red disc'; Sketch = 'sketch.png'; Seed = '4'; Particles = '0'; Temperature = '' }
                [pscustomobject]@{ Text = 'a red disc'; Sketch = 'sketch.png'; Seed = '5'; Particles = ''; Temperature = '' }
            ) | Invoke-McdmSample -Model $tiny -Steps 2 -NoMeasure
            """);
        Assert.Equal(["ParticlesOutOfRange"], result.ErrorIds);
        Assert.Empty(result.Warnings);
        Assert.Equal([3, null], result.Output.Select(o => ((McdmImage)o.BaseObject).Recipe!.Particles?.Particles));
    }

    [Fact]
    public void A_long_text_says_where_it_is_cut()
    {
        var result = Invoke("New-McdmCondition ('red disc ' * 60) | Invoke-McdmSample -Model $tiny -Steps 1 -Verbose").WithoutErrors();
        Assert.Contains(result.Verbose, line => line.Contains("cut after", StringComparison.Ordinal));
    }

    [Fact]
    public void Stopping_between_steps_gives_nothing_half_made()
    {
        var result = Engine.InvokeAndStopAtFirstProgress("Invoke-McdmSample -Model $tiny -Sampler Ddpm -Steps 1000 | Save-McdmImage ./out");
        Assert.True(result.Stopped);
        Assert.Empty(result.Output);
        Assert.False(Directory.Exists(Path.Combine(Folder, "out")));
    }

    [Fact]
    public void The_only_loaded_model_is_the_default_and_removed_ones_say_so()
    {
        Assert.Single(Images(Invoke("Invoke-McdmSample -Steps 1")));
        Assert.Single(Images(Invoke("Invoke-McdmSample -Steps 1 -Model Tiny")));
        Assert.Equal(["ModelRequired"], Invoke("$null = $tiny | Export-McdmModel ./other -Name Other; $other = Import-McdmModel ./other; Invoke-McdmSample -Steps 1; Remove-McdmModel $other").ErrorIds);
        Assert.Equal(["ModelRemoved"], Invoke("Remove-McdmModel $tiny; Invoke-McdmSample -Model $tiny").ErrorIds);
    }

    [Fact]
    public void Tab_completes_parts_models_and_samplers()
    {
        Assert.Equal(["background", "'red disc'"], Engine.Complete("New-McdmCondition -Segment m.png -Part "));
        Assert.Equal(["Tiny"], Engine.Complete("Invoke-McdmSample -Model T"));
        Assert.Equal(["Ddim", "Ddpm", "Deis", "Dpm2", "Dpm2Ancestral", "DpmSolver", "DpmSolver2S", "DpmSolver3", "DpmSolver3Sde", "DpmSolverSde"], Engine.Complete("Invoke-McdmSample -Sampler D").Order());
    }
}
