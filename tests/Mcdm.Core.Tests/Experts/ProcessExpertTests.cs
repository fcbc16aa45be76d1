using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Experts;

/// <summary>Experts of one autoencoder and of different processes, on Gaussians whose predictions are exact.</summary>
public sealed class ProcessExpertTests
{
    private static readonly ScheduleDescription s_table = new(NoiseScheduleKind.ScaledLinear, 1000) { BetaStart = 0.00085, BetaEnd = 0.012 };

    public static TheoryData<double, bool, double> Cases => new()
    {
        { 0.012, false, 3 }, { 0.02, false, 3 }, { 0.012, true, 3 }, { 0.005, false, 3 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_Gaussian_is_predicted_alike_whatever_process_its_expert_learnt(double end, bool isZero, double scale)
    {
        using var scope = NewDisposeScope();
        var space = Space(s_table);
        var own = Space(s_table with { BetaEnd = end, ZeroTerminalSnr = isZero });
        var (here, there) = (new Gaussian(space, scale), new Gaussian(own, scale));
        var moved = ProcessExpert.In(there, space);
        var z = linspace(-2, 2, 16, dtype: ScalarType.Float64).reshape(1, 1, 4, 4);
        for (int t = 1; t <= 1000; t += 37)
        {
            var level = space.Process.Level(t);
            var (expected, actual) = (here.Predict(z, level, null), moved.Predict(z, level, null));
            // Its own noisiest level may be another's middle; beyond it, the guess of the picture goes on.
            bool isBeyond = own.Process.Like(level).IsBeyond;
            Assert.InRange((expected - actual).abs().max().ToDouble(), 0, isBeyond ? 1 : 1e-9);
            if (!isBeyond) { Assert.Equal(level.Lambda, there.Asked!.Value.Lambda, 1e-9); }
        }
    }

    [Fact]
    public void Noise_alone_asks_an_expert_of_noise_at_its_noisiest_level_and_says_so()
    {
        using var scope = NewDisposeScope();
        var (space, own) = (Space(s_table with { ZeroTerminalSnr = true }), Space(s_table));
        var expert = new Gaussian(own, 2);
        var moved = (ProcessExpert)ProcessExpert.In(expert, space);
        var z = linspace(-2, 2, 16, dtype: ScalarType.Float64).reshape(1, 1, 4, 4);
        var velocity = moved.Predict(z, space.Process.Level(1000), null);
        Assert.Equal(1000, expert.Asked!.Value.T);
        // v is −z_0 where α is 0.
        var guess = own.Process.Level(1000).Denoised(expert.Predict(z, own.Process.Level(1000), null), z);
        Assert.InRange((velocity + guess).abs().max().ToDouble(), 0, 1e-9);
        Assert.Contains("noisiest", moved.Hint, StringComparison.Ordinal);
        Assert.Null(((ProcessExpert)ProcessExpert.In(new Gaussian(space, 2), own)).Hint);
        Assert.Same(expert, ProcessExpert.In(expert, Space(s_table)));
    }

    private static LatentSpace Space(ScheduleDescription schedule) => new(1, 4, 4, new VariancePreserving(schedule), 8, "kl");

    /// <summary>The exact prediction for pictures of mean 0 and a deviation.</summary>
    private sealed class Gaussian(LatentSpace space, double deviation) : IExpert
    {
        public NoiseLevel? Asked { get; private set; }

        public string Name => "gaussian";

        public Modality? Modality => null;

        public LatentSpace Space => space;

        public EncodedInputs Encode(Condition condition, Action<string>? note = null) => throw new NotSupportedException();

        public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
        {
            Asked = level;
            double variance = deviation * deviation;
            var guess = level.Alpha * variance * z / (level.Alpha * level.Alpha * variance + level.Sigma * level.Sigma);
            return PredictionKind.Sample.Convert(space.Prediction, guess, z, level);
        }
    }
}
