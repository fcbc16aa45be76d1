using Mcdm.Families.Own.Files;
using Mcdm.Modalities;
using Mcdm.Training;
using Mcdm.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Training;

/// <summary>What a run leaves in its folder, and what it makes of what it finds there.</summary>
public sealed class TrainerFolderTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private string Run(string name) => _faces.Run(name);

    private void Train(string name, TrainingOptions options, bool resume = false) => new Trainer(_faces.Dataset, options, Run(name)).Run(resume);

    private void Spoil(string name, Func<Dictionary<string, string>, Dictionary<string, string>> metadata)
    {
        string path = Path.Combine(Run(name), "checkpoint.safetensors");
        List<(string, Tensor)> tensors;
        Dictionary<string, string> kept;
        using (var file = SafeTensorsFile.Open(path))
        {
            tensors = file.Names.Select(tensor => (tensor, file.Read(tensor))).ToList();
            kept = new(file.Metadata);
        }
        SafeTensorsWriter.Write(path, tensors, metadata(kept));
    }

    [Fact]
    public void A_cancelled_run_leaves_a_model_that_can_be_read_and_nothing_half_written()
    {
        using var stop = new CancellationTokenSource();
        var result = new Trainer(_faces.Dataset, TinyFaces.Options(Modality.Text, steps: 100), Run("stopped")) { Progress = _ => stop.Cancel() }.Run(resume: false, stop.Token);
        Assert.Equal((1, 100, 4L, false), (result.Step, result.Steps, result.PicturesSeen, result.Completed));
        Assert.Equal(["checkpoint.safetensors", "loss.csv", "model.json", "text.safetensors", "vocabulary.txt"], Directory.EnumerateFiles(Run("stopped")).Select(Path.GetFileName).Order());
        using var model = ModelPack.Read(Run("stopped"));
        Assert.Equal("stopped", model.Name);
        Assert.Equal(1, model.Expert(Modality.Text).Training!.Steps);
    }

    [Fact]
    public void A_run_cancelled_before_its_first_step_can_be_resumed()
    {
        new Trainer(_faces.Dataset, TinyFaces.Options(), Run("early")).Run(resume: false, new CancellationToken(canceled: true));
        Assert.True(Trainer.CanResume(Run("early")));
        Train("early", Trainer.OptionsOf(Run("early")), resume: true);
        Assert.Equal(5, File.ReadLines(Path.Combine(Run("early"), "loss.csv")).Count());
    }

    [Fact]
    public void Options_come_back_as_they_were_given()
    {
        var options = TinyFaces.Options(Modality.Sketch, steps: 1) with { LearningRate = 1.0 / 3, Seed = long.MaxValue, EmaDecay = 0.95, Schedule = Mcdm.Diffusion.Schedules.NoiseScheduleKind.Linear, NoiseLevels = 50 };
        Train("options", options);
        var read = Trainer.OptionsOf(Run("options"));
        Assert.Equal(options.Network.Channels, read.Network.Channels);
        Assert.Equal(options with { Network = read.Network }, read);
    }

    [Fact]
    public void What_is_no_checkpoint_of_a_run_is_refused()
    {
        Train("run", TinyFaces.Options());
        Spoil("run", metadata => new(metadata) { ["options"] = "{ nonsense" });
        Assert.Equal("CheckpointInvalid", Assert.Throws<McdmException>(() => Trainer.OptionsOf(Run("run"))).Id);
        Spoil("run", metadata => new(metadata) { ["options"] = "null" });
        Assert.Equal("CheckpointInvalid", Assert.Throws<McdmException>(() => Trainer.OptionsOf(Run("run"))).Id);
        Spoil("run", metadata => metadata.Where(pair => pair.Key != "step").ToDictionary());
        Assert.Equal("CheckpointInvalid", Assert.Throws<McdmException>(() => Trainer.OptionsOf(Run("run"))).Id);
    }

    [Fact]
    public void A_checkpoint_of_another_network_is_refused_and_kept()
    {
        Train("run", TinyFaces.Options());
        byte[] before = File.ReadAllBytes(Path.Combine(Run("run"), "checkpoint.safetensors"));
        var wider = TinyFaces.Options() with { Network = TinyFaces.Options().Network with { Channels = [8, 24] } };
        Assert.Equal("CheckpointShape", Assert.Throws<McdmException>(() => Train("run", wider, resume: true)).Id);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Run("run"), "checkpoint.safetensors")));
    }

    [Fact]
    public void A_text_run_resumed_with_other_captions_is_refused()
    {
        Train("text", TinyFaces.Options(Modality.Text));
        File.WriteAllLines(_faces.Data("captions.txt"), File.ReadAllLines(_faces.Data("captions.txt")).Select(line => line.Replace("disc", "wheel", StringComparison.Ordinal)));
        var error = Assert.Throws<McdmException>(() => Train("text", Trainer.OptionsOf(Run("text")), resume: true));
        Assert.Equal("CheckpointDataset", error.Id);
        Assert.Contains("vocabulary", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_run_resumed_with_other_parts_is_refused()
    {
        Train("segment", TinyFaces.Options(Modality.Segment));
        string parts = File.ReadAllText(_faces.Data("parts.json"));
        File.WriteAllText(_faces.Data("parts.json"), parts.Replace("disc", "wheel", StringComparison.Ordinal));
        Assert.Equal("CheckpointDataset", Assert.Throws<McdmException>(() => Train("segment", Trainer.OptionsOf(Run("segment")), resume: true)).Id);
    }

    [Fact]
    public void Nothing_to_resume_is_said_before_anything_is_made()
    {
        Assert.False(Trainer.CanResume(Run("nowhere")));
        Assert.Equal("CheckpointNotFound", Assert.Throws<McdmException>(() => Train("nowhere", TinyFaces.Options(), resume: true)).Id);
        Assert.False(Directory.Exists(Run("nowhere")));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(Run("file"), "in the way");
        foreach (string name in new[] { "file", "file/below" })
        {
            var error = Assert.Throws<McdmException>(() => Train(name, TinyFaces.Options()));
            Assert.Equal("OutputUnwritable", error.Id);
            Assert.Contains(Run(name), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_broken_picture_is_named_when_its_turn_comes()
    {
        File.WriteAllText(_faces.Data("images/003.png"), "no picture");
        var error = Assert.Throws<McdmException>(() => Train("broken", TinyFaces.Options()));
        Assert.Contains("003.png", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expert_of_other_levels_is_no_start()
    {
        using var from = _faces.Train(null);
        var wider = TinyFaces.Options(Modality.Sketch) with { Network = TinyFaces.Options().Network with { Channels = [8, 24] } };
        var error = Assert.Throws<McdmException>(() => new Trainer(_faces.Dataset, wider, Run("wider")) { InitializeFrom = from.Unconditional }.Run(resume: false));
        Assert.Equal("InitializeFromMismatch", error.Id);
        Assert.Contains("channels 8, 16", error.Message, StringComparison.Ordinal);
        Assert.Contains("channels 8, 24", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Run("wider")));
    }

    [Theory]
    [InlineData("Text")]
    [InlineData("Sketch")]
    [InlineData("Segment")]
    public void An_expert_started_from_another_predicts_the_same(string name)
    {
        var modality = Modality.Parse(name);
        using var from = _faces.Train(null, steps: 5);
        new Trainer(_faces.Dataset, TinyFaces.Options(modality, steps: 0), Run("new")) { InitializeFrom = from.Unconditional }.Run(resume: false);
        using var started = ModelPack.Read(Run("new"));
        using var z = randn(2, 3, TinyFaces.Size, TinyFaces.Size);
        var expert = started.Expert(modality);
        using var condition = expert.Encode(TinyFaces.Conditions().Single(c => c.Modality == modality)).Inputs;
        var expected = from.Unconditional.PredictNoise(z, 500, null);
        Assert.True(expected.std().ToDouble() > 0.1);
        // The packed form adds what a sentence changes in another order.
        Assert.InRange((expert.PredictNoise(z, 500, condition) - expected).abs().max().ToDouble(), 0, 1e-5);
    }

    public void Dispose() => _faces.Dispose();
}
