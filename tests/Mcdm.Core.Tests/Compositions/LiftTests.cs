using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Compositions;

public sealed class LiftTests
{
    private static readonly DiffusionProcess Process = new VariancePreserving(NoiseScheduleKind.Cosine, 1000);

    /// <summary>Log-SNR of about −1 and −0.2: where the picture is decided.</summary>
    private static readonly int[] Decisive = [650, 530];

    private static Tensor Drawn(long seed, params long[] shape) => randn(shape, generator: new Generator((ulong)seed));

    private static Tensor Filled(int value, params long[] shape) => full(shape, (float)value);

    /// <summary>Predictions of some guesses x̂ in a network's own form.</summary>
    private static Predictions Of(PredictionKind kind, Tensor z, NoiseLevel level, Tensor without, Tensor with, Tensor? weights = null, bool[]? has = null)
    {
        Tensor InForm(Tensor z0) => kind switch
        {
            PredictionKind.Sample => z0,
            PredictionKind.Noise => (z - level.Alpha * z0) / level.Sigma,
            _ => (level.Alpha * z - z0) / level.Sigma,
        };
        int terms = (int)with.shape[0], pictures = (int)with.shape[1];
        return new Predictions(InForm(without), InForm(with), weights ?? Filled(1, terms, pictures, 1, 1, 1), Enumerable.Repeat(Enumerable.Repeat(true, pictures).ToArray(), terms).ToList(),
            has ?? Enumerable.Repeat(true, pictures).ToArray()) { Kind = kind };
    }

    [Theory]
    [InlineData(PredictionKind.Noise)]
    [InlineData(PredictionKind.Velocity)]
    [InlineData(PredictionKind.Sample)]
    public void What_became_as_a_condition_guessed_has_lift_1_and_what_became_as_without_it_has_minus_1(PredictionKind kind)
    {
        Tensor without = Drawn(1, 2, 3, 4, 4), with = Drawn(2, 2, 2, 3, 4, 4);
        using var lifts = new LiftLog();
        foreach (int t in Decisive)
        {
            var z = Drawn(t, 2, 3, 4, 4);
            lifts.Record(z, Process.Level(t), Of(kind, z, Process.Level(t), without, with));
        }
        void AssertLift(double expected, Tensor end, int picture, int term) => Assert.Equal(expected, lifts.Of(end)(term, picture)!.Value, 2);
        AssertLift(1, with[0], 0, 0);
        AssertLift(1, with[1], 1, 1);
        AssertLift(-1, without, 0, 1);
        AssertLift(0, (without + with[0]) / 2, 1, 0);
    }

    [Fact]
    public void Only_levels_at_which_the_picture_is_decided_count()
    {
        Tensor without = Filled(0, 1, 1, 4, 4), with = Filled(1, 1, 1, 1, 4, 4), z = Drawn(3, 1, 1, 4, 4);
        using var lifts = new LiftLog();
        foreach (int t in (int[])[1000, 950, 200, 1]) { lifts.Record(z, Process.Level(t), Of(PredictionKind.Sample, z, Process.Level(t), without, with)); }
        Assert.Null(lifts.Of(z)(0, 0));
        lifts.Record(z, Process.Level(Decisive[0]), Of(PredictionKind.Sample, z, Process.Level(Decisive[0]), without, with));
        Assert.Equal(1, lifts.Of(with[0])(0, 0));
    }

    [Fact]
    public void Where_a_condition_does_not_act_or_there_is_nothing_to_compare_with_nothing_is_added()
    {
        Tensor without = Filled(0, 2, 1, 4, 4), with = Filled(1, 1, 2, 1, 4, 4), z = Drawn(4, 2, 1, 4, 4), left = Filled(0, 1, 2, 1, 4, 4);
        left[.., .., .., .., ..2] = 1;
        using var lifts = new LiftLog();
        var level = Process.Level(Decisive[0]);
        lifts.Record(z, level, Of(PredictionKind.Sample, z, level, without, with, left, [true, false]));
        // What lies right is as without the condition: it does not act there.
        Assert.Equal(1, lifts.Of(left[0])(0, 0));
        Assert.Null(lifts.Of(left[0])(0, 1));
    }
}
