using System.Text.Json;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Json;
using Xunit;

namespace Mcdm.Core.Tests.Sampling;

public sealed class ScheduleDescriptionTests
{
    private static readonly JsonSerializerOptions Compact = new(ModelJson.Options) { WriteIndented = false };

    public static TheoryData<ScheduleDescription> Described =>
    [
        new(NoiseScheduleKind.Linear, 1000),
        new(NoiseScheduleKind.Linear, 1000) { BetaStart = 1e-4, BetaEnd = 0.02 },
        new(NoiseScheduleKind.Cosine, 50),
        new(NoiseScheduleKind.ScaledLinear, 1000) { BetaStart = 0.0015, BetaEnd = 0.0195, ZeroTerminalSnr = true },
        new(NoiseScheduleKind.Sigmoid, 100) { BetaEnd = 0.05 },
        ScheduleDescription.OfBetas([0.1, 0.2, 1]),
    ];

    [Theory]
    [MemberData(nameof(Described))]
    public void A_space_comes_back_from_json_with_its_schedule(ScheduleDescription schedule)
    {
        var space = new LatentSpace(4, 8, 16, schedule, 8, "0123456789abcdef");
        var read = JsonSerializer.Deserialize<LatentSpace>(JsonSerializer.Serialize(space, ModelJson.Options), ModelJson.Options)!;
        Assert.Equal(schedule, read.Schedule);
        Assert.Equal(space, read);
        Assert.Equal((4, 8, 16, 8, "0123456789abcdef"), (read.Channels, read.Height, read.Width, read.Factor, read.Autoencoder));
    }

    [Fact]
    public void Spaces_of_the_first_families_are_written_as_ever()
    {
        Assert.Equal("""{"channels":3,"height":64,"width":64,"schedule":"cosine","steps":1000,"factor":1}""",
            JsonSerializer.Serialize(new LatentSpace(3, 64, 64, new(NoiseScheduleKind.Cosine, 1000)), Compact));
        Assert.Equal("""{"channels":8,"height":32,"width":16,"schedule":"linear","steps":50,"factor":4,"autoencoder":"0123456789abcdef"}""",
            JsonSerializer.Serialize(new LatentSpace(8, 32, 16, new(NoiseScheduleKind.Linear, 50), 4, "0123456789abcdef"), Compact));
    }

    [Fact]
    public void Settings_of_the_first_samplers_are_written_as_ever() =>
        Assert.Equal("""{"sampler":"ddim","steps":13,"eta":0.1,"posteriorVariance":false,"langevinSteps":3,"clipDenoised":true}""",
            JsonSerializer.Serialize(new SamplerOptions { Sampler = SamplerKind.Ddim, Steps = 13, Eta = 0.1, LangevinSteps = 3, PosteriorVariance = false }, Compact));

    [Fact]
    public void Settings_of_others_come_back_from_json()
    {
        var options = new SamplerOptions
        {
            Sampler = SamplerKind.EulerAncestral,
            KeepNoise = true,
            FirstOrder = true,
            SecondOrderEnd = true,
            GuidanceRescale = 0.7,
            Threshold = new DynamicThreshold(0.9, 1.5),
            Spacing = new StepSpacing(SpacingKind.Linspace) { Offset = 1, EndsAtFirst = true, Karras = true },
        };
        Assert.Equal(options, JsonSerializer.Deserialize<SamplerOptions>(JsonSerializer.Serialize(options, ModelJson.Options), ModelJson.Options));
    }

    [Fact]
    public void A_schedule_is_its_betas_whatever_it_is_called()
    {
        var own = NoiseSchedule.Create(NoiseScheduleKind.Linear, 1000);
        Assert.True(own.HasBetasOf(NoiseSchedule.Create(new ScheduleDescription(NoiseScheduleKind.Linear, 1000) { BetaStart = 1e-4, BetaEnd = 0.02 })));
        Assert.True(own.HasBetasOf(NoiseSchedule.Create(ScheduleDescription.OfBetas(Enumerable.Range(1, 1000).Select(t => (double)(float)own.Beta(t)).ToArray()))));
        Assert.False(own.HasBetasOf(NoiseSchedule.Create(new ScheduleDescription(NoiseScheduleKind.Linear, 1000) { ZeroTerminalSnr = true })));
        Assert.False(own.HasBetasOf(NoiseSchedule.Create(NoiseScheduleKind.ScaledLinear, 1000)));
    }

    [Fact]
    public void Without_signal_at_the_end_velocities_are_added()
    {
        var ends = new LatentSpace(4, 8, 8, new ScheduleDescription(NoiseScheduleKind.ScaledLinear, 1000) { ZeroTerminalSnr = true });
        Assert.Equal(0, ends.Noise.AlphaBar(1000));
        Assert.Equal(1, ends.Noise.Beta(1000));
        Assert.Equal(NoiseSchedule.Create(NoiseScheduleKind.ScaledLinear, 1000).AlphaBar(1), ends.Noise.AlphaBar(1), 12);
        Assert.Equal(PredictionKind.Velocity, ends.Prediction);
        Assert.Equal(PredictionKind.Noise, (ends with { Schedule = new(NoiseScheduleKind.ScaledLinear, 1000) }).Prediction);
    }

    [Theory]
    [InlineData(-0.1, 0.02)]
    [InlineData(1e-4, 1.5)]
    [InlineData(double.NaN, 0.02)]
    public void Betas_that_are_none_are_refused(double start, double end) =>
        Assert.Equal("NoiseScheduleBetas", Assert.Throws<McdmException>(() => NoiseSchedule.Create(new ScheduleDescription(NoiseScheduleKind.Linear, 10) { BetaStart = start, BetaEnd = end })).Id);

    [Fact]
    public void Given_betas_are_one_a_level_and_only_the_last_may_be_one()
    {
        Assert.Equal("NoiseScheduleBetas", Assert.Throws<McdmException>(() => NoiseSchedule.Create(NoiseScheduleKind.Given, 3)).Id);
        Assert.Equal("NoiseScheduleBetas", Assert.Throws<McdmException>(() => NoiseSchedule.Create(ScheduleDescription.OfBetas([0.1, 1, 0.5]))).Id);
        Assert.Equal("NoiseScheduleSteps", Assert.Throws<McdmException>(() => NoiseSchedule.Create(new ScheduleDescription(NoiseScheduleKind.Cosine, 1) { ZeroTerminalSnr = true })).Id);
    }

    [Theory]
    [InlineData(SamplerKind.Ddim, SpacingKind.Leading)]
    [InlineData(SamplerKind.DpmSolver, SpacingKind.Leading)]
    public void Steps_that_begin_outside_the_schedule_or_do_not_fall_are_refused(SamplerKind sampler, SpacingKind spacing)
    {
        var schedule = NoiseSchedule.Create(NoiseScheduleKind.ScaledLinear, 1000);
        var options = new SamplerOptions { Sampler = sampler, Steps = 1000, Spacing = new StepSpacing(spacing) { Offset = 1 } };
        var error = Assert.Throws<McdmException>(() => options.Check(schedule));
        Assert.Equal("StepsOutOfRange", error.Id);
        Assert.Contains("1000 steps", error.Message, StringComparison.Ordinal);
        (options with { Steps = 400 }).Check(schedule);
    }

    [Fact]
    public void Offsets_and_rescales_that_mean_nothing_are_refused()
    {
        var schedule = NoiseSchedule.Create(NoiseScheduleKind.Cosine, 100);
        Assert.Equal("SpacingInvalid", Assert.Throws<McdmException>(() => new SamplerOptions { Spacing = new StepSpacing(SpacingKind.Leading) { Offset = -1 } }.Check(schedule)).Id);
        Assert.Equal("GuidanceRescaleOutOfRange", Assert.Throws<McdmException>(() => new SamplerOptions { GuidanceRescale = 1.5 }.Check(schedule)).Id);
        Assert.Equal("ThresholdOutOfRange", Assert.Throws<McdmException>(() => new SamplerOptions { Threshold = new DynamicThreshold(0) }.Check(schedule)).Id);
    }
}
