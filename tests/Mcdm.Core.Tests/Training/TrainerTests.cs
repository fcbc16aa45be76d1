using Mcdm.Experts;
using Mcdm.Formats;
using Mcdm.Modalities;
using Mcdm.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private string Run(string name) => Path.Combine(_faces.Folder, name);

    private static double[] Losses(string folder) =>
        File.ReadLines(Path.Combine(folder, "loss.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[1])).ToArray();

    [Theory]
    [InlineData(null)]
    [InlineData(Modality.Text)]
    [InlineData(Modality.Sketch)]
    [InlineData(Modality.Segment)]
    public void A_resumed_run_has_the_losses_of_an_uninterrupted_one(Modality? modality)
    {
        var options = TinyFaces.Options(modality, steps: 8);
        new Trainer(_faces.Dataset, options, Run("whole")).Run(resume: false);

        using var stop = new CancellationTokenSource();
        var stopped = new Trainer(_faces.Dataset, options, Run("parts")) { Progress = state => { if (state.Step == 5) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        Assert.Equal(5, stopped.Step);
        Assert.False(stopped.Completed);
        var resumed = new Trainer(_faces.Dataset, Trainer.OptionsOf(Run("parts")), Run("parts")).Run(resume: true);
        Assert.True(resumed.Completed);

        double[] whole = Losses(Run("whole")), parts = Losses(Run("parts"));
        Assert.Equal(8, whole.Length);
        Assert.Equal(8, whole.Distinct().Count());
        Assert.All(whole.Zip(parts), pair => Assert.Equal(pair.First, pair.Second, 5));
    }

    [Fact]
    public void Resuming_a_finished_run_changes_nothing()
    {
        new Trainer(_faces.Dataset, TinyFaces.Options(), Run("done")).Run(resume: false);
        byte[] before = File.ReadAllBytes(Path.Combine(Run("done"), "unconditional.safetensors"));
        var again = new Trainer(_faces.Dataset, Trainer.OptionsOf(Run("done")), Run("done")).Run(resume: true);
        Assert.Equal(4, again.Step);
        Assert.Equal(Losses(Run("done")).Average(), again.Loss, 5);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Run("done"), "unconditional.safetensors")));
    }

    [Fact]
    public void Training_learns()
    {
        new Trainer(_faces.Dataset, TinyFaces.Options(steps: 100), Run("long")).Run(resume: false);
        double[] losses = Losses(Run("long"));
        Assert.True(losses[^20..].Average() < 0.8 * losses[..5].Average(), $"from {losses[..5].Average()} to {losses[^20..].Average()}");
    }

    [Theory]
    [InlineData(Modality.Text)]
    [InlineData(Modality.Sketch)]
    [InlineData(Modality.Segment)]
    public void An_expert_started_from_another_predicts_what_that_one_did(Modality modality)
    {
        using var from = _faces.Train(null, steps: 20);
        // A learning rate of almost nothing leaves the weights where they were put.
        new Trainer(_faces.Dataset, TinyFaces.Options(modality, steps: 1) with { LearningRate = 1e-12, WeightDecay = 0, WarmUpSteps = 0 }, Run("new")) { InitializeFrom = from.Expert(null) }.Run(resume: false);
        using var started = ModelPack.Read(Run("new"));
        using var scope = NewDisposeScope();
        var z = randn(2, 3, TinyFaces.Size, TinyFaces.Size);
        var expert = started.Expert(modality);
        var condition = expert.Encode(TinyFaces.Conditions().Single(c => c.Modality == modality));
        var difference = expert.PredictNoise(z, 500, condition) - from.Expert(null).PredictNoise(z, 500, null);
        Assert.InRange(difference.abs().max().ToDouble(), 0, 5e-3);
    }

    [Fact]
    public void Bfloat16_trains_with_float32_master_weights()
    {
        var result = new Trainer(_faces.Dataset, TinyFaces.Options(steps: 30) with { BFloat16 = true }, Run("half")).Run(resume: false);
        Assert.True(result.Loss < Losses(Run("half"))[0]);
        using var checkpoint = SafeTensorsFile.Open(Path.Combine(Run("half"), "checkpoint.safetensors"));
        Assert.All(checkpoint.Names, name => Assert.Equal(ScalarType.Float32, checkpoint.DataType(name)));
    }

    [Fact]
    public void Learning_rate_warms_up_and_falls_to_zero()
    {
        var options = new TrainingOptions { Steps = 110, WarmUpSteps = 10, LearningRate = 1 };
        Assert.Equal(0.1, options.LearningRateAt(0), 12);
        Assert.Equal(1, options.LearningRateAt(9), 12);
        Assert.Equal(1, options.LearningRateAt(10), 12);
        Assert.Equal(0.5, options.LearningRateAt(60), 12);
        Assert.Equal(0, options.LearningRateAt(110), 12);
    }

    [Fact]
    public void A_step_draws_the_same_whatever_was_drawn_before()
    {
        var options = TinyFaces.Options(Modality.Segment);
        var encoder = new SegmentEncoder(TinyFaces.Parts, TinyFaces.Size, TinyFaces.Size);
        var (pictures, conditions) = new TrainingBatches(_faces.Dataset.Items, options, encoder).Draw(7);
        var warm = new TrainingBatches(_faces.Dataset.Items, options, encoder);
        for (int step = 0; step < 7; step++) { warm.Draw(step); }
        var (again, conditionsAgain) = warm.Draw(7);
        Assert.Equal(pictures.data<float>().ToArray(), again.data<float>().ToArray());
        Assert.Equal(conditions!.data<float>().ToArray(), conditionsAgain!.data<float>().ToArray());
    }

    [Fact]
    public void Dropped_parts_become_unknown_and_nothing_else()
    {
        var encoder = new SegmentEncoder(TinyFaces.Parts, TinyFaces.Size, TinyFaces.Size);
        var batches = new TrainingBatches(_faces.Dataset.Items, TinyFaces.Options(Modality.Segment), encoder);
        var kinds = new HashSet<string>();
        for (int step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            var masks = batches.Draw(step).Conditions!;
            Assert.True(masks.sum(1).eq(1).all().ToBoolean());
            for (int i = 0; i < masks.shape[0]; i++)
            {
                var present = masks[i].sum([1, 2]).gt(0).data<bool>().ToArray();
                kinds.Add(string.Concat(present.Select(p => p ? '1' : '0')));
            }
        }
        // Both parts stated, either one alone, none: with unknown wherever one is missing.
        Assert.Equal(["001", "011", "101", "110"], kinds.Order());
    }

    [Fact]
    public void A_dataset_without_the_label_is_refused()
    {
        var pictures = Mcdm.Datasets.PictureDataset.Open([_faces.Data("images")]);
        Assert.Equal("DatasetLacksModality", Assert.Throws<McdmException>(() => new Trainer(pictures, TinyFaces.Options(Modality.Text), Run("x"))).Id);
    }

    [Fact]
    public void There_must_be_a_checkpoint_to_resume_from_and_it_must_be_whole()
    {
        Assert.Equal("CheckpointNotFound", Assert.Throws<McdmException>(() => Trainer.OptionsOf(Run("none"))).Id);
        new Trainer(_faces.Dataset, TinyFaces.Options(), Run("cut")).Run(resume: false);
        string path = Path.Combine(Run("cut"), "checkpoint.safetensors");
        using (var file = File.OpenWrite(path)) { file.SetLength(file.Length - 100); }
        Assert.Equal("SafeTensorsTruncated", Assert.Throws<McdmException>(() => Trainer.OptionsOf(Run("cut"))).Id);
    }

    public void Dispose() => _faces.Dispose();
}
