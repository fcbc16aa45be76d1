using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Sampling;
using Mcdm.Training;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Spaces from the command line: an autoencoder, experts in its latents, and pictures of their model.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class SpaceCommandTests
{
    private const string Session = """
        param($data)
        $d = Import-McdmDataset $data
        $few = @{ Steps = 12; BatchSize = 4; LearningRate = 2e-3; WarmUpSteps = 0; EmaDecay = 0 }
        $space = $few + @{ Autoencoder = $true; ImageSize = 16; CropSize = 16; Factor = 2; LatentChannels = 4; Channels = 8 }
        $latent = $few + @{ Space = './space'; Channels = 8, 16; Blocks = 1, 1 }

        """;

    private const string InSpace = "$null = Start-McdmTraining $d -OutputPath ./space @space; $null = Start-McdmTraining $d -OutputPath ./u @latent; ";
    private readonly PowerShellEngine _engine;

    public SpaceCommandTests(PowerShellEngine engine)
    {
        _engine = engine;
        TinyModel.Folder(engine);
        engine.Reset();
    }

    private EngineResult Invoke(string script) => _engine.Invoke(Session + script, ("data", TinyModel.Data));

    private bool Exists(string file) => File.Exists(Path.Combine(_engine.Folder, file));

    [Fact]
    public void Experts_are_trained_in_a_space_and_their_pack_makes_pictures_of_its_size()
    {
        var result = Invoke("""
            Start-McdmTraining $d -OutputPath ./space @space
            Start-McdmTraining $d -OutputPath ./u @latent
            Start-McdmTraining $d -OutputPath ./sketch -Modality Sketch -InitializeFrom ./u @latent
            Import-McdmModel -Path ./u, ./sketch | Export-McdmModel ./pack -Name Latent | Out-Null
            Get-McdmModel | Remove-McdmModel
            $model = Import-McdmModel -Path ./pack
            $model
            $discs = Import-McdmDataset $data
            ConvertTo-McdmSketch $discs.Items[0].PicturePath -Size 16 | New-McdmCondition -Modality Sketch | Invoke-McdmSample -Model $model -Steps 2 -Seed 3 -Count 2
            """).WithoutErrors();
        Assert.Equal(["autoencoder", "unconditional", "sketch"], result.Output.Take(3).Select(output => ((TrainingResult)output.BaseObject).Expert));
        var model = Assert.IsType<Model>(result.Output[3].BaseObject);
        Assert.Equal((4, 8, 8, 2, true), (model.Space.Channels, model.Space.Height, model.Space.Width, model.Space.Factor, model.Space.IsLatent));
        var images = result.Output.Skip(4).Select(output => Assert.IsType<McdmImage>(output.BaseObject)).ToList();
        Assert.Equal([(16, 16), (16, 16)], images.Select(image => (image.Width, image.Height)));
        Assert.NotEqual(images[0].Picture.Rgba, images[1].Picture.Rgba);
        Assert.All(new[] { "space/space.json", "u/space.json", "u/latents.safetensors", "pack/space.json", "pack/autoencoder.safetensors" }, file => Assert.True(Exists(file), file));
        Invoke("Get-McdmModel | Remove-McdmModel").WithoutErrors();
    }

    [Fact]
    public void A_decoder_is_trained_on_in_the_space_it_had()
    {
        Invoke(InSpace + "$null = Start-McdmTraining $d -Autoencoder -Space ./space -ImageSize 16 -CropSize 16 -LatentNoise 0 -OutputPath ./sharper @few").WithoutErrors();
        var models = Invoke("$latent.Space = './sharper'; $null = Start-McdmTraining $d -OutputPath ./v @latent; Import-McdmModel -Path ./u, ./v; Get-McdmModel | Remove-McdmModel").WithoutErrors()
            .Output.Select(output => (Model)output.BaseObject).ToList();
        Assert.Equal(models[0].Space, models[1].Space);
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(_engine.Folder, "space", "autoencoder.safetensors")), File.ReadAllBytes(Path.Combine(_engine.Folder, "sharper", "autoencoder.safetensors")));
    }

    [Theory]
    [InlineData("-Prediction Velocity", "Sample", "Velocity")]
    [InlineData("-LossFloor 0.5", "0.2", "0.5")]
    public void A_run_that_would_learn_something_else_is_not_resumed(string other, string started, string asked)
    {
        var result = Invoke(InSpace + $"Start-McdmTraining $d -OutputPath ./u -Resume {other}");
        Assert.Equal(["CheckpointSettings"], result.ErrorIds);
        string message = Assert.Single(result.Errors).Exception.Message;
        Assert.Contains($"{other.Split(' ')[0]} {started}, not {asked}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_not_resumed_in_another_space()
    {
        var result = Invoke(InSpace + "$null = Start-McdmTraining $d -OutputPath ./other -Seed 2 @space; Start-McdmTraining $d -OutputPath ./u -Resume -Space ./other");
        Assert.Equal(["CheckpointSettings"], result.ErrorIds);
        string message = Assert.Single(result.Errors).Exception.Message;
        Assert.Matches("-Space [0-9a-f]{16}, not [0-9a-f]{16}", message);
    }

    [Fact]
    public void A_run_in_a_space_is_resumed_without_naming_it_and_with_the_same()
    {
        var result = Invoke(InSpace + "Start-McdmTraining $d -OutputPath ./u -Resume; Start-McdmTraining $d -OutputPath ./u -Resume -Space ./space -Prediction Sample").WithoutErrors();
        Assert.Equal([12, 12], result.Output.Select(output => ((TrainingResult)output.BaseObject).Step));
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void A_loss_on_held_out_pictures_is_written_at_each_checkpoint()
    {
        Invoke(InSpace + "$null = Start-McdmTraining $d -OutputPath ./watched -HeldOut $d @latent").WithoutErrors();
        string[] lines = File.ReadAllLines(Path.Combine(_engine.Folder, "watched", "held-out.csv"));
        Assert.Equal("step,learnt,held_out", lines[0]);
        string[] numbers = Assert.Single(lines.Skip(1)).Split(',');
        // The same pictures on both sides here, at the same noise.
        Assert.Equal(("12", numbers[1]), (numbers[0], numbers[2]));
    }

    [Theory]
    [InlineData("Start-McdmTraining $d -OutputPath ./space @space -Judge", "AmbiguousParameterSet")]
    [InlineData("$space.CropSize = 32; Start-McdmTraining $d -OutputPath ./space @space", "ImageSizeIndivisible")]
    [InlineData("Start-McdmTraining $d -OutputPath ./u @latent", "PathNotFound")]
    [InlineData("$null = Start-McdmTraining $d -OutputPath ./space @space; Start-McdmTraining $d -OutputPath ./u -ImageSize 18 @latent", "ImageSizeIndivisible")]
    public void Bad_settings_have_an_error_id(string script, string id) => Assert.Equal([id], Invoke(script).ErrorIds);
}
