using Mcdm.Diffusion.Composition;
using Mcdm.Imaging;
using Mcdm.Sampling;
using Precision = Mcdm.Diffusion.Composition.Precision;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Rules of composition: what a model names, what is asked for, and the table that Precision needs.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class RuleTests : TinyModelTests
{
    private const string Two = "-Text 'a red disc' -Sketch ./sketch.png -Steps 3 -Seed 1";

    public RuleTests(PowerShellEngine engine) : base(engine)
    {
        ImportTiny();
        Engine.Invoke("""
            param($path)
            $global:data = $path
            $null = $tiny | Export-McdmModel ./shared -Name Shared -Combiner Projection -Easing 2
            $global:shared = Import-McdmModel -Path ./shared
            """, ("path", TinyModel.Data)).WithoutErrors();
    }

    private Combiner Rule(string script) => Assert.Single(Images(script)).Recipe!.Combiner;

    [Fact]
    public void A_model_names_its_rule_and_what_is_asked_for_wins()
    {
        Assert.Equal(new Product(), Rule($"Invoke-McdmSample -Model $tiny {Two}"));
        Assert.Equal(new Projection(Easing: 2), Rule($"Invoke-McdmSample -Model $shared {Two}"));
        Assert.Equal(new Projection(Easing: 2), Rule($"Invoke-McdmSample -Model $shared {Two} -Combiner projection"));
        Assert.Equal(new Projection(), Rule($"Invoke-McdmSample -Model $tiny {Two} -Combiner Projection"));
        Assert.Equal(new Product(), Rule($"Invoke-McdmSample -Model $shared {Two} -Combiner Product"));
        Assert.Equal(new Mixture(), Rule($"[pscustomobject]@{{ Text = 'a red disc'; Sketch = './sketch.png'; Combiner = 'Mixture' }} | Invoke-McdmSample -Model $shared -Steps 3 -Seed 1"));
        Assert.Equal(new Projection(0.5, 2), Rule($"Invoke-McdmSample -Model $shared {Two} -GuidanceRescale 0.5"));
        // It stays with the model that is written of it.
        Assert.Equal(new Projection(Easing: 2), Rule($"$shared | Export-McdmModel ./again -Name Again | Out-Null; Invoke-McdmSample -Model ./again {Two}"));
    }

    [Fact]
    public void Particles_correct_the_product_and_are_refused_for_a_rule_that_is_asked_for()
    {
        Assert.Equal(new Product(), Rule($"Invoke-McdmSample -Model $shared {Two} -Particles 2"));
        foreach (string combiner in new[] { "Projection", "Mixture" })
        {
            var error = Assert.Single(Engine.Invoke($"Invoke-McdmSample -Model $shared {Two} -Particles 2 -Combiner {combiner}").Errors);
            Assert.StartsWith("CombinerParticles", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains(combiner, $"{error}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_recipe_makes_its_picture_again_and_one_without_a_rule_has_the_product()
    {
        var made = Assert.Single(Images($"Invoke-McdmSample -Model $shared {Two}"));
        var again = Assert.Single(Images($"$p = Invoke-McdmSample -Model $shared {Two}; $p.Recipe | Invoke-McdmSample -Model $shared"));
        Assert.Equal(made.Picture.Rgba.ToArray(), again.Picture.Rgba.ToArray());
        Assert.NotEqual(made.Picture.Rgba.ToArray(), Assert.Single(Images($"Invoke-McdmSample -Model $shared {Two} -Combiner Product")).Picture.Rgba.ToArray());
        Assert.Contains("{\"name\":\"projection\",\"easing\":2", made.Recipe!.ToJson().Replace(" ", "", StringComparison.Ordinal).Replace("\"rescale\":0,", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(new Product(), Recipe.FromJson(made.Recipe.ToJson().Replace("\"combiner\"", "\"ignored\"", StringComparison.Ordinal)).Combiner);
    }

    [Fact]
    public void Precision_needs_a_table_which_a_command_measures_and_a_job_may_carry()
    {
        var missing = Assert.Single(Engine.Invoke($"Invoke-McdmSample -Model $tiny {Two} -Combiner Precision").Errors);
        Assert.StartsWith("VariancesMissing", missing.FullyQualifiedErrorId, StringComparison.Ordinal);
        var table = Assert.IsType<VarianceTable>(Assert.Single(Engine.Invoke("""
            $global:table = Import-McdmDataset $data | Measure-McdmVariance -Model $tiny -Count 8 -Levels 4
            $table
            """).WithoutErrors().Output).BaseObject);
        Assert.Equal(Engine.Invoke("$tiny.Experts.Name").WithoutErrors().Output.Select(name => $"{name}").Order(StringComparer.Ordinal), table.Experts.Keys.Order(StringComparer.Ordinal));
        Assert.All(table.Experts.Values, levels => Assert.Equal(4, levels.Count));
        // Less is open where there is less noise.
        Assert.All(table.Experts.Values, levels => Assert.True(levels[^1].Variances[^1] < levels[0].Variances[^1]));
        var recipe = Assert.Single(Images($$"""
            $table | Export-Clixml ./table.xml
            $tiny | Export-McdmModel ./precise -Name Precise -Variance (Import-Clixml ./table.xml) | Out-Null
            Invoke-McdmSample -Model ./precise {{Two}} -Combiner Precision
            """)).Recipe!;
        Assert.Equal(table.Hash, Assert.IsType<Precision>(recipe.Combiner).Table);
        var other = Assert.Single(Engine.Invoke("""
            $precise = Import-McdmModel -Path ./precise
            $p = Invoke-McdmSample -Model $precise -Text 'a red disc' -Sketch ./sketch.png -Steps 2 -Combiner Precision -NoMeasure
            $null = $precise | Export-McdmModel ./other -Name Other -Variance (Import-McdmDataset $data | Measure-McdmVariance -Model $tiny -Count 4 -Levels 4)
            $null = $p.Recipe | Invoke-McdmSample -Model ./other -NoMeasure
            """).Warnings);
        Assert.Contains(table.Hash, other, StringComparison.Ordinal);
    }

    [Fact]
    public void What_conditions_say_alike_is_told_with_verbose_and_in_the_recipe()
    {
        var shared = Assert.Single(Images($"Invoke-McdmSample -Model $tiny {Two}")).Recipe!.Disagreement!.Shared;
        string[] said = [.. Engine.Invoke($"$null = Invoke-McdmSample -Model $tiny {Two} -Verbose").WithoutErrors().Verbose.Where(line => line.Contains("say the same", StringComparison.Ordinal))];
        Assert.Equal(shared.Count(pair => pair.Share >= 0.05), said.Length);
    }

    [Theory]
    [InlineData("-Combiner Nonsense", "CombinerUnknown")]
    [InlineData("-Easing 3", "EasingWithoutProjection")]
    [InlineData("-Combiner Product -Easing 3", "EasingWithoutProjection")]
    public void Rules_that_mean_nothing_are_refused_and_nothing_is_written(string parameters, string id)
    {
        Assert.StartsWith(id, Assert.Single(Engine.Invoke($"$tiny | Export-McdmModel ./no {parameters}").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Folder, "no")));
    }

    [Fact]
    public void A_broken_table_is_refused_on_import()
    {
        var error = Assert.Single(Engine.Invoke("""
            $tiny | Export-McdmModel ./broken -Name Broken -Variance (Import-McdmDataset $data | Measure-McdmVariance -Model $tiny -Count 2 -Levels 2) | Out-Null
            Set-Content ./broken/variances.json '{ "experts": {}, "pictures": {} }'
            Import-McdmModel -Path ./broken
            """).Errors);
        Assert.StartsWith("VariancesInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
