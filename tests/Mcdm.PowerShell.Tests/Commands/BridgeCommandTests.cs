using Mcdm.Experts;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Import-McdmModel -Bridge: a model of latents draws, the experts of one of pixels steer it.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class BridgeCommandTests
{
    private const string Session = """
        param($data, $pixels)
        $d = Import-McdmDataset $data
        $few = @{ Steps = 12; BatchSize = 4; LearningRate = 2e-3; WarmUpSteps = 0; EmaDecay = 0 }
        if (-not (Test-Path ./latent)) {
            $null = Start-McdmTraining $d -Autoencoder -ImageSize 16 -CropSize 16 -Factor 2 -LatentChannels 4 -Channels 8 -OutputPath ./space @few
            $null = Start-McdmTraining $d -Space ./space -Channels 8, 16 -Blocks 1, 1 -OutputPath ./latent @few
        }
        $model = Import-McdmModel ./latent, $pixels -Bridge

        """;

    private readonly PowerShellEngine _engine;
    private readonly string _pixels;

    public BridgeCommandTests(PowerShellEngine engine)
    {
        _engine = engine;
        _pixels = TinyModel.Folder(engine);
        engine.Reset();
    }

    private EngineResult Invoke(string script) => _engine.Invoke(Session + script + "\nGet-McdmModel | Remove-McdmModel", ("data", TinyModel.Data), ("pixels", _pixels));

    [Fact]
    public void Conditions_and_rows_are_read_by_the_other_models_experts_and_recipes_repeat_bit_for_bit()
    {
        var result = Invoke("""
            $model
            $sketch = ConvertTo-McdmSketch $d.Items[0].PicturePath -Size 16
            $conditions = (New-McdmCondition -Text 'a red disc' -Expert Tiny.text), ($sketch | New-McdmCondition -Modality Sketch)
            $first = $conditions | Invoke-McdmSample -Model $model -Steps 3 -Seed 5
            $first
            $first.Recipe | Invoke-McdmSample -Model $model
            [pscustomobject]@{ Text = 'a red disc'; TextExpert = 'Tiny.text'; Seed = 5 } | Invoke-McdmSample -Model $model -Steps 3
            New-McdmCondition -Text 'a red disc' | Invoke-McdmSample -Model $model -Steps 3 -Seed 5
            $plain = Invoke-McdmSample -Model $model -Steps 3 -Seed 5
            $plain
            """).WithoutErrors();
        var model = Assert.IsType<Model>(result.Output[0].BaseObject);
        Assert.True(model.Space.IsLatent);
        Assert.Equal(["Tiny.segment", "Tiny.sketch", "Tiny.text"], model.Experts.Skip(1).Select(expert => expert.Name).Order(StringComparer.Ordinal));
        var images = result.Output.Skip(1).Select(output => Assert.IsType<McdmImage>(output.BaseObject)).ToList();
        Assert.Equal(images[0].Picture.GetRgba(), images[1].Picture.GetRgba());
        Assert.NotEqual(images[0].Picture.GetRgba(), images[4].Picture.GetRgba());
        // A row that names the expert, and a condition whose only expert is the other model's, ask for the same.
        Assert.Equal(images[2].Picture.GetRgba(), images[3].Picture.GetRgba());
        Assert.NotNull(images[0].Recipe!.Bridge);
        Assert.Null(images[4].Recipe!.Bridge);
    }

    [Fact]
    public void What_if_tells_evaluations_and_autoencoders()
    {
        var result = Invoke("New-McdmCondition -Text 'a red disc' | Invoke-McdmSample -Model $model -Steps 4 -WhatIf").WithoutErrors();
        Assert.Contains(result.HostLines, line => line.Contains("at most 20 network evaluations and 12 encodings and decodings in 4 steps", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Import-McdmModel ./latent -Bridge", "BridgeOneSpace", "name a second one")]
    [InlineData("Import-McdmModel ./latent, $pixels -Join", "SpaceMismatch", "-Bridge")]
    [InlineData("Import-McdmModel ./latent, ./nothing -Bridge", "PathNotFound", "nothing")]
    [InlineData("New-McdmCondition -Text 'a disc' | Invoke-McdmSample -Model $model -Combiner Mixture", "CombinerBridge", "Tiny.text")]
    [InlineData("New-McdmCondition -Text 'a disc' | Invoke-McdmSample -Model $model -Particles 4", "BridgeParticles", "1 particle")]
    [InlineData("$model | Export-McdmModel ./out", "ModelImported", "Tiny.text")]
    public void What_cannot_be_is_one_sentence(string command, string id, string says)
    {
        var result = Invoke(command);
        Assert.Equal([id], result.ErrorIds);
        Assert.Contains(says, Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_says_how_its_model_is_imported()
    {
        var result = Invoke("""
            $image = New-McdmCondition -Text 'a red disc' | Invoke-McdmSample -Model $model -Steps 2 -Seed 5
            $model | Remove-McdmModel
            $image.Recipe | Invoke-McdmSample
            """);
        Assert.Equal(["ModelRequired"], result.ErrorIds);
        Assert.Contains("-Bridge", Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
    }
}
