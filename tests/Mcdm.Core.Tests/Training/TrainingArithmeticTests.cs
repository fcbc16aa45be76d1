using Mcdm.Diffusion.Process;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Modalities;
using Mcdm.Runtime;
using Mcdm.Training;
using Mcdm.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Training;

/// <summary>What a first step must give is known without running it.</summary>
public sealed class TrainingArithmeticTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private string Run(string name) => _faces.Run(name);

    private static readonly TrainingOptions OneStep = TinyFaces.Options(steps: 1) with { WarmUpSteps = 0, LearningRate = 1e-2, WeightDecay = 0.1, EmaDecay = 0.999 };

    private SafeTensorsFile Train(TrainingOptions options, string name)
    {
        new Trainer(_faces.Dataset, options, Run(name)).Run(resume: false);
        return SafeTensorsFile.Open(Path.Combine(Run(name), "checkpoint.safetensors"));
    }

    [Fact]
    public void A_run_of_no_steps_leaves_the_weights_as_they_were_made()
    {
        using var file = Train(OneStep with { Steps = 0 }, "none");
        Assert.Equal(file.Read("weights"), file.Read("average"));
        Assert.Equal(0, file.Read("adam.mean").abs().max().ToDouble());
        using var model = ModelPack.Read(Run("none"));
        // The output layer starts at zero: v = 0, so ε = √ᾱ·0 + √(1−ᾱ) z.
        using var z = ones(1, 3, TinyFaces.Size, TinyFaces.Size);
        double alphaBar = Math.Pow(model.Space.Process.Level(400).Alpha, 2);
        Assert.InRange((model.Unconditional.PredictNoise(z, 400, null) - Math.Sqrt(1 - alphaBar)).abs().max().ToDouble(), 0, 1e-6);
    }

    [Fact]
    public void The_first_step_of_adamw_moves_each_weight_by_the_learning_rate()
    {
        using var before = Train(OneStep with { Steps = 0 }, "before");
        using var after = Train(OneStep, "after");
        using var scope = NewDisposeScope();
        // Bias-corrected, the first mean is g and the first variance g², so w ← w (1 − lr·decay) − lr g/(|g| + 1e-8).
        var gradient = after.Read("adam.mean") / 0.1;
        var moved = (after.Read("weights") - before.Read("weights") * (1 - 1e-2 * 0.1)) / -1e-2;
        Assert.InRange((moved - gradient / (gradient.abs() + 1e-8)).abs().max().ToDouble(), 0, 2e-3);
        Assert.True(moved.abs().gt(0.99).sum().ToInt64() > 100, "many weights have a gradient");
        Assert.InRange((after.Read("adam.variance") - 0.01 * gradient * gradient).abs().max().ToDouble(), 0, 1e-8);
        // The average's decay warms up as (1 + step)/(10 + step): 0.1 at first.
        Assert.InRange((after.Read("average") - (0.1 * before.Read("weights") + 0.9 * after.Read("weights"))).abs().max().ToDouble(), 0, 1e-6);
    }

    [Fact]
    public void A_long_gradient_is_cut_to_the_norm_asked_for()
    {
        using var file = Train(OneStep with { GradientClip = 1e-3 }, "clipped");
        Assert.InRange(file.Read("adam.mean").norm().ToDouble() / 0.1, 0.999e-3, 1.001e-3);
    }

    [Fact]
    public void Decay_zero_makes_the_average_the_weights()
    {
        using var file = Train(OneStep with { Steps = 3, EmaDecay = 0 }, "raw");
        Assert.InRange((file.Read("average") - file.Read("weights")).abs().max().ToDouble(), 0, 1e-7);
    }

    [Theory]
    [InlineData(PredictionKind.Noise)]
    [InlineData(PredictionKind.Velocity)]
    public void Before_it_has_learnt_the_loss_is_the_targets_mean_square(PredictionKind prediction)
    {
        Train(OneStep with { Prediction = prediction, BatchSize = 16 }, "first").Dispose();
        // 16·3·16² values. E ε² = 1; E v² = ᾱ + (1−ᾱ) E z_0², with ᾱ over the levels averaging ½ for the cosine schedule.
        double square = _faces.Dataset.Items.Average(item => PictureTensor.ToTensor(item.ReadPicture()).pow(2).mean().ToDouble());
        double expected = prediction == PredictionKind.Noise ? 1 : 0.5 + 0.5 * square;
        Assert.InRange(_faces.Losses("first")[0], expected - 0.06, expected + 0.06);
    }

    [Fact]
    public void A_predicted_pictures_loss_is_bounded_where_there_is_hardly_any_noise()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var z0 = TorchSharp.torch.randn(64, 3, 4, 4);
        var process = new VariancePreserving(Mcdm.Diffusion.Schedules.NoiseScheduleKind.Cosine, 1000);
        var batch = NoisedBatch.At(z0, 0, new TrainingOptions { Prediction = PredictionKind.Sample, LossFloor = 0.2 }, process);
        // E‖x̂ − z_0‖² / max(σ_t, b)², row by row, for a network that predicts 0.
        double expected = Enumerable.Range(0, 64).Average(row =>
            z0[row].square().mean().ToDouble() / Math.Max(0.04, Math.Pow(process.Level((int)batch.T[row].ToInt64()).Sigma, 2)));
        Assert.Equal(expected, batch.Loss(TorchSharp.torch.zeros_like(z0)).ToDouble(), 4);
        Assert.Equal(25, batch.Weight!.max().ToDouble(), 3);
        Assert.Equal(z0.data<float>().ToArray(), batch.Target.data<float>().ToArray());
    }

    [Theory]
    [InlineData(PredictionKind.Noise)]
    [InlineData(PredictionKind.Velocity)]
    [InlineData(PredictionKind.Sample)]
    public void The_true_prediction_of_each_kind_means_the_noise_that_was_added(PredictionKind kind)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (z0, noise) = (TorchSharp.torch.randn(2, 3, 4, 4), TorchSharp.torch.randn(2, 3, 4, 4));
        TorchSharp.torch.Tensor Rows(double number) => TorchSharp.torch.tensor(new[] { (float)number, (float)number }).reshape(-1, 1, 1, 1);
        // For any α and σ, not those alone whose squares sum to one.
        foreach (var level in (NoiseLevel[])[new(400, Math.Sqrt(0.3), Math.Sqrt(0.7)), new(400, 0.6, 0.4)])
        {
            var z = level.Diffuse(z0, noise);
            var target = kind.Target(z0, noise, Rows(level.Alpha), Rows(level.Sigma));
            Assert.InRange((kind.Noise(target, z, level) - noise).abs().max().ToDouble(), 0, 1e-5);
            Assert.InRange((kind.Denoised(target, z, level) - z0).abs().max().ToDouble(), 0, 1e-5);
            foreach (var other in Enum.GetValues<PredictionKind>())
            {
                var there = kind.Convert(other, target, z, level);
                Assert.InRange((there - other.Target(z0, noise, Rows(level.Alpha), Rows(level.Sigma))).abs().max().ToDouble(), 0, 1e-5);
                double ofNoise = kind.SquaredNoisePer(level), ofOther = other.SquaredNoisePer(level);
                var (a, b) = (kind.Convert(other, target + 0.1, z, level), kind.Convert(other, target, z, level));
                Assert.Equal(ofNoise * 0.01, ofOther * (a - b).square().mean().ToDouble(), 4);
            }
        }
    }

    [Fact]
    public void A_resumed_run_ends_with_the_same_weights_to_the_last_bit()
    {
        var options = TinyFaces.Options(Modality.Segment, steps: 6);
        using var whole = Train(options, "whole");
        using var stop = new CancellationTokenSource();
        new Trainer(_faces.Dataset, options, Run("parts")) { Progress = state => { if (state.Step == 2) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        new Trainer(_faces.Dataset, Trainer.OptionsOf(Run("parts")), Run("parts")).Run(resume: true);
        using var parts = SafeTensorsFile.Open(Path.Combine(Run("parts"), "checkpoint.safetensors"));
        foreach (string name in whole.Names) { Assert.Equal(whole.Read(name).data<float>().ToArray(), parts.Read(name).data<float>().ToArray()); }
        Assert.Equal(_faces.Losses("whole"), _faces.Losses("parts"));
    }

    [Fact]
    public void A_checkpoint_whose_weights_lie_in_their_dimensions_order_is_resumed_to_the_last_bit()
    {
        var options = TinyFaces.Options(Modality.Sketch, steps: 6);
        using var whole = Train(options, "whole");
        using var stop = new CancellationTokenSource();
        new Trainer(_faces.Dataset, options, Run("parts")) { Progress = state => { if (state.Step == 2) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        string path = Path.Combine(Run("parts"), "checkpoint.safetensors");
        using var pack = ModelPack.Read(Run("parts"));
        var parameters = ((TrainedExpert)pack.Experts.Single()).Network.parameters().ToList();
        List<(string, Tensor)> tensors;
        Dictionary<string, string> metadata;
        using (var file = SafeTensorsFile.Open(path))
        {
            Assert.Contains(parameters, parameter => !parameter.is_contiguous());
            tensors = file.Names.Select(name => (name, InDimensionsOrder(file.Read(name), parameters))).ToList();
            metadata = file.Metadata.Where(pair => pair.Key != "layout").ToDictionary();
        }
        SafeTensorsWriter.Write(path, tensors, metadata);
        new Trainer(_faces.Dataset, Trainer.OptionsOf(Run("parts")), Run("parts")).Run(resume: true);
        using var parts = SafeTensorsFile.Open(path);
        foreach (string name in whole.Names) { Assert.Equal(whole.Read(name).data<float>().ToArray(), parts.Read(name).data<float>().ToArray()); }
    }

    /// <summary>A vector of parameters as they lie in memory, with each in the order of its dimensions instead.</summary>
    private static Tensor InDimensionsOrder(Tensor vector, IEnumerable<Tensor> parameters)
    {
        long offset = 0;
        var parts = new List<Tensor>();
        foreach (var parameter in parameters)
        {
            parts.Add(vector.as_strided(parameter.shape, parameter.stride(), offset).reshape(-1));
            offset += parameter.numel();
        }
        return cat(parts);
    }

    [Fact]
    public void Another_seed_is_another_run()
    {
        Train(OneStep, "one").Dispose();
        Train(OneStep with { Seed = 2 }, "two").Dispose();
        Assert.NotEqual(_faces.Losses("one"), _faces.Losses("two"));
    }

    public void Dispose() => _faces.Dispose();
}
