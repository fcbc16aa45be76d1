using Mcdm.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Modalities.Text;
using Mcdm.Training;
using Mcdm.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private string Run(string name) => _faces.Run(name);

    [Theory]
    [InlineData(null)]
    [InlineData("Text")]
    [InlineData("Sketch")]
    [InlineData("Segment")]
    [InlineData("LowResolution")]
    public void A_resumed_run_has_the_losses_of_an_uninterrupted_one(string? name)
    {
        var modality = Modality.Find(name);
        var options = TinyFaces.Options(modality, steps: 8);
        new Trainer(_faces.Dataset, options, Run("whole")).Run(resume: false);

        using var stop = new CancellationTokenSource();
        var stopped = new Trainer(_faces.Dataset, options, Run("parts")) { Progress = state => { if (state.Step == 5) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        Assert.Equal(5, stopped.Step);
        Assert.False(stopped.Completed);
        var resumed = new Trainer(_faces.Dataset, Trainer.OptionsOf(Run("parts")), Run("parts")).Run(resume: true);
        Assert.True(resumed.Completed);

        double[] whole = _faces.Losses("whole"), parts = _faces.Losses("parts");
        Assert.Equal(8, whole.Length);
        Assert.Equal(8, whole.Distinct().Count());
        Assert.All(whole.Zip(parts), pair => Assert.Equal(pair.First, pair.Second, 5));
    }

    [Fact]
    public void The_log_of_losses_is_written_between_checkpoints()
    {
        int[] lines = [];
        var trainer = new Trainer(_faces.Dataset, TinyFaces.Options(steps: 3), Run("log"))
        {
            LogSeconds = 0,
            Progress = _ => lines = [.. lines, File.ReadAllLines(Path.Combine(Run("log"), "loss.csv")).Length - 1],
        };
        trainer.Run(resume: false);
        Assert.Equal([1, 2, 3], lines);
    }

    [Fact]
    public void Resuming_a_finished_run_changes_nothing()
    {
        new Trainer(_faces.Dataset, TinyFaces.Options(), Run("done")).Run(resume: false);
        byte[] before = File.ReadAllBytes(Path.Combine(Run("done"), "unconditional.safetensors"));
        var again = new Trainer(_faces.Dataset, Trainer.OptionsOf(Run("done")), Run("done")).Run(resume: true);
        Assert.Equal(4, again.Step);
        Assert.Equal(_faces.Losses("done").Average(), again.Loss, 5);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Run("done"), "unconditional.safetensors")));
    }

    [Fact]
    public void Training_learns()
    {
        new Trainer(_faces.Dataset, TinyFaces.Options(steps: 100), Run("long")).Run(resume: false);
        double[] losses = _faces.Losses("long");
        Assert.True(losses[^20..].Average() < 0.8 * losses[..5].Average(), $"from {losses[..5].Average()} to {losses[^20..].Average()}");
    }

    [Theory]
    [InlineData("Text")]
    [InlineData("Text", 0, 1)]
    [InlineData("Sketch")]
    [InlineData("Segment")]
    [InlineData("LowResolution")]
    public void An_expert_started_from_another_predicts_what_that_one_did(string name, params int[] crossAttentionLevels)
    {
        var modality = Modality.Parse(name);
        var options = TinyFaces.Options(modality, steps: 1) with { LearningRate = 1e-12, WeightDecay = 0, WarmUpSteps = 0 };
        if (crossAttentionLevels.Length > 0) { options = options with { Network = options.Network with { CrossAttentionLevels = crossAttentionLevels } }; }
        using var from = _faces.Train(null, steps: 20);
        // A learning rate of almost nothing leaves the weights where they were put.
        new Trainer(_faces.Dataset, options, Run("new")) { InitializeFrom = from.Unconditional }.Run(resume: false);
        using var started = ModelPack.Read(Run("new"));
        using var scope = NewDisposeScope();
        var z = randn(2, 3, TinyFaces.Size, TinyFaces.Size);
        var expert = started.Expert(modality);
        var condition = expert.Encode(TinyFaces.Conditions().Append(TinyFaces.LowResolution()).Single(c => c.Modality == modality)).Inputs;
        var difference = expert.PredictNoise(z, 500, condition) - from.Unconditional.PredictNoise(z, 500, null);
        Assert.InRange(difference.abs().max().ToDouble(), 0, 5e-3);
    }

    [Fact]
    public void A_text_expert_takes_each_words_embedding_along_to_another_vocabulary()
    {
        using var from = _faces.Train(Modality.Text);
        var known = ((TextConditionEncoder)from.Trained(Modality.Text).Encoder!).Tokenizer.Vocabulary;
        string captions = _faces.Data("captions.txt");
        File.WriteAllLines(captions, File.ReadAllLines(captions).Select((line, i) => $"{line} Zebra stripes are {(i % 2 == 0 ? "wide" : "fine")}."));
        new Trainer(_faces.Dataset, TinyFaces.Options(Modality.Text, steps: 1) with { LearningRate = 1e-12, WeightDecay = 0, WarmUpSteps = 0 }, Run("new")) { InitializeFrom = from.Expert(Modality.Text) }.Run(resume: false);
        using var started = ModelPack.Read(Run("new"));
        var learnt = ((TextConditionEncoder)started.Trained(Modality.Text).Encoder!).Tokenizer.Vocabulary;
        Assert.NotEqual(known, learnt);

        using var before = Embedding(from);
        using var after = Embedding(started);
        var shared = learnt.Select((piece, number) => (After: number, Before: known.ToList().IndexOf(piece))).Where(pair => pair.Before >= 0).ToList();
        Assert.Contains(shared, pair => pair.After != pair.Before);
        Assert.All(shared, pair => Assert.InRange((after[pair.After] - before[pair.Before]).abs().max().ToDouble(), 0, 1e-6));

        static Tensor Embedding(Model model) =>
            ModuleWeights.Of(model.Trained(Modality.Text).Network).Single(weight => weight.Name == UNet.TokenEmbedding).Tensor.clone();
    }

    [Fact]
    public void Noise_levels_have_the_density_asked_for()
    {
        foreach (double bias in new[] { 0.0, 1, 2.5 })
        {
            using var generator = new Generator(3);
            using var levels = NoisedBatch.NoiseLevels(8000, new TrainingOptions { TimestepBias = bias }, generator);
            double[] t = levels.data<long>().Select(level => (double)level).ToArray();
            Assert.InRange(t.Min(), 1, 1000);
            Assert.InRange(t.Max(), 990, 1000);
            // A density of t^b on 0…T has the mean T (b+1)/(b+2), and a share of (1/2)^(b+1) below T/2.
            Assert.InRange(t.Average(), 1000 * (bias + 1) / (bias + 2) - 2, 1000 * (bias + 1) / (bias + 2) + 2);
            Assert.InRange(t.Count(level => level <= 500) / 8000.0, Math.Pow(0.5, bias + 1) - 0.002, Math.Pow(0.5, bias + 1) + 0.002);
        }
    }

    [Fact]
    public void Bfloat16_trains_with_float32_master_weights()
    {
        var result = new Trainer(_faces.Dataset, TinyFaces.Options(steps: 30) with { BFloat16 = true }, Run("half")).Run(resume: false);
        Assert.True(result.Loss < _faces.Losses("half")[0]);
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
