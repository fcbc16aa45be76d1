using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Xunit;

namespace Mcdm.Core.Tests.Sampling;

public sealed class NoiseScheduleTests
{
    [Fact]
    public void Linear_has_the_published_betas()
    {
        var schedule = NoiseSchedule.Create(new(NoiseScheduleKind.Linear, 1000));
        Assert.Equal(1e-4, schedule.Beta(1), 12);
        Assert.Equal(0.02, schedule.Beta(1000), 12);
        Assert.Equal((1e-4 + 0.02) / 2, (schedule.Beta(500) + schedule.Beta(501)) / 2, 12);
        // Ho et al. 2020: almost no signal is left, ᾱ_T = 4.0358e-5.
        Assert.Equal(4.0358e-5, schedule.AlphaBar(1000), 8);
    }

    [Fact]
    public void Cosine_follows_equation_17()
    {
        var schedule = NoiseSchedule.Create(new(NoiseScheduleKind.Cosine, 1000));
        double F(double t) => Math.Pow(Math.Cos((t / 1000 + 0.008) / 1.008 * Math.PI / 2), 2);
        foreach (int t in new[] { 1, 10, 250, 500, 900 }) { Assert.Equal(F(t) / F(0), schedule.AlphaBar(t), 10); }
        Assert.Equal(0.999, schedule.Beta(1000), 12);
    }

    [Theory]
    [InlineData(NoiseScheduleKind.Linear, 1000)]
    [InlineData(NoiseScheduleKind.Cosine, 1000)]
    [InlineData(NoiseScheduleKind.Linear, 10)]
    [InlineData(NoiseScheduleKind.Cosine, 1)]
    public void Alpha_bar_is_the_product_of_alphas_and_falls(NoiseScheduleKind kind, int steps)
    {
        var schedule = NoiseSchedule.Create(new(kind, steps));
        double product = 1;
        Assert.Equal(1, schedule.AlphaBar(0));
        for (int t = 1; t <= steps; t++)
        {
            product *= 1 - schedule.Beta(t);
            Assert.Equal(product, schedule.AlphaBar(t), 14);
            Assert.InRange(schedule.AlphaBar(t), 0, schedule.AlphaBar(t - 1));
        }
    }

    [Fact]
    public void Respacing_goes_evenly_from_T_to_zero()
    {
        var schedule = new VariancePreserving(NoiseScheduleKind.Linear, 1000);
        Assert.Equal([1000, 750, 500, 250, 0], schedule.Respace(4));
        Assert.Equal([1000, 0], schedule.Respace(1));
        Assert.Equal(Enumerable.Range(0, 1001).Reverse(), schedule.Respace(1000));
        var uneven = schedule.Respace(7);
        Assert.Equal(8, uneven.Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(101)]
    public void Steps_outside_the_schedule_are_refused_with_its_range(int steps)
    {
        var error = Assert.Throws<McdmException>(() => new VariancePreserving(NoiseScheduleKind.Linear, 100).Respace(steps));
        Assert.Equal("StepsOutOfRange", error.Id);
        Assert.Contains("1 to 100", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schedule_without_steps_is_refused() =>
        Assert.Equal("NoiseScheduleSteps", Assert.Throws<McdmException>(() => NoiseSchedule.Create(new(NoiseScheduleKind.Cosine, 0))).Id);

    [Theory]
    [InlineData(NoiseScheduleKind.Cosine, 10)]
    [InlineData(NoiseScheduleKind.Linear, 25)]
    public void Levels_even_in_log_snr_go_from_the_noisiest_to_the_first(NoiseScheduleKind kind, int steps)
    {
        var process = new VariancePreserving(kind, 1000);
        var path = SamplingPath.Of(process, new SamplerOptions { Steps = steps, Spacing = new StepSpacing(SpacingKind.Trailing) { LogSnr = true } }).Steps;
        Assert.Equal(steps, path.Count);
        Assert.Equal(process.Level(1000), path[0].From, s_level);
        Assert.Equal(process.Level(1), path[^1].From, s_level);
        Assert.True(path[^1].To.IsClean);
        double h = (process.Level(1).Lambda - process.Level(1000).Lambda) / (steps - 1);
        foreach (var step in path.SkipLast(1)) { Assert.Equal(h, step.To.Lambda - step.From.Lambda, 6); }
    }

    [Fact]
    public void Levels_from_the_signal_are_T_and_then_those_between_which_predictions_change()
    {
        var path = Signal(new VariancePreserving(NoiseScheduleKind.Cosine, 1000), 10);
        Assert.Equal(1000, path[0].From.T);
        double[] lambdas = [.. path.Skip(1).Select(step => step.From.Lambda)];
        // The levels that were set by hand after seeing where predictions change: -5, -3.9, -3, -2.1, -1.2, -0.3, 0.7, 2, 4.
        double[] byHand = [-5, -3.9, -3, -2.1, -1.2, -0.3, 0.7, 2, 4];
        Assert.All(lambdas.Zip(byHand), pair => Assert.Equal(pair.Second, pair.First, 0.25));
        Assert.True(path[^1].To.IsClean);
    }

    [Theory]
    [InlineData(NoiseScheduleKind.Cosine, 1)]
    [InlineData(NoiseScheduleKind.Cosine, 2)]
    [InlineData(NoiseScheduleKind.Cosine, 3)]
    [InlineData(NoiseScheduleKind.Cosine, 1000)]
    [InlineData(NoiseScheduleKind.Linear, 1)]
    [InlineData(NoiseScheduleKind.Linear, 3)]
    [InlineData(NoiseScheduleKind.Linear, 1000)]
    [InlineData(NoiseScheduleKind.ScaledLinear, 10)]
    public void So_many_levels_from_the_signal_begin_at_T_and_grow_clearer(NoiseScheduleKind kind, int steps)
    {
        var path = Signal(new VariancePreserving(kind, 1000), steps);
        Assert.Equal(steps, path.Count);
        Assert.Equal(1000, path[0].From.T);
        Assert.All(path, step => Assert.True(step.To.IsClean || step.To.Lambda > step.From.Lambda));
    }

    [Fact]
    public void Where_the_noisiest_level_shows_something_already_levels_begin_there()
    {
        // Stable Diffusion's: λ_T = -2.7 by its betas; nothing is left out, and nothing lies before.
        var process = new VariancePreserving(NoiseScheduleKind.ScaledLinear, 1000);
        var path = Signal(process, 10);
        Assert.Equal(process.Level(1000).Lambda, path[0].From.Lambda, 1e-6);
        Assert.InRange(path[0].To.Lambda - path[0].From.Lambda, 0.3, 1.2);
    }

    [Fact]
    public void A_sampler_of_whole_levels_is_refused_those_from_the_signal()
    {
        var options = new SamplerOptions { Sampler = new Ddim(), Steps = 10, Spacing = new StepSpacing(SpacingKind.Signal) };
        Assert.Equal("SpacingInvalid", Assert.Throws<McdmException>(() => options.Check(new VariancePreserving(NoiseScheduleKind.Cosine, 1000))).Id);
    }

    private static IReadOnlyList<LevelStep> Signal(VariancePreserving process, int steps) =>
        SamplingPath.Of(process, new SamplerOptions { Steps = steps, Spacing = new StepSpacing(SpacingKind.Signal) }).Steps;

    private static readonly EqualityComparer<NoiseLevel> s_level =
        EqualityComparer<NoiseLevel>.Create((a, b) => a.Nearest == b.Nearest && Math.Abs(a.Alpha / b.Alpha - 1) < 5e-7);
}
