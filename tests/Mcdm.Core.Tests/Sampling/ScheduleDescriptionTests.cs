using System.Text.Json;
using Mcdm.Diffusion.Composition;
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
        var space = new LatentSpace(4, 8, 16, new VariancePreserving(schedule), 8, "0123456789abcdef");
        var read = JsonSerializer.Deserialize<LatentSpace>(JsonSerializer.Serialize(space, ModelJson.Options), ModelJson.Options)!;
        Assert.Equal(schedule, Assert.IsType<VariancePreserving>(read.Process).Schedule);
        Assert.Equal(space, read);
        Assert.Equal((4, 8, 16, 8, "0123456789abcdef"), (read.Channels, read.Height, read.Width, read.Factor, read.Autoencoder));
    }

    [Fact]
    public void Spaces_of_the_first_families_are_written_as_ever()
    {
        Assert.Equal("""{"channels":3,"height":64,"width":64,"schedule":"cosine","steps":1000,"factor":1}""",
            JsonSerializer.Serialize(new LatentSpace(3, 64, 64, new VariancePreserving(NoiseScheduleKind.Cosine, 1000)), Compact));
        Assert.Equal("""{"channels":8,"height":32,"width":16,"schedule":"linear","steps":50,"factor":4,"autoencoder":"0123456789abcdef"}""",
            JsonSerializer.Serialize(new LatentSpace(8, 32, 16, new VariancePreserving(NoiseScheduleKind.Linear, 50), 4, "0123456789abcdef"), Compact));
    }

    [Fact]
    public void A_sampler_is_its_word_and_what_was_chosen_of_it_lies_with_it()
    {
        Assert.Equal("""{"sampler":"dpmSolver","steps":15,"langevinSteps":0,"clipDenoised":true}""", JsonSerializer.Serialize(new SamplerOptions(), Compact));
        Assert.Equal("""{"sampler":{"name":"ddim","eta":0.1},"steps":13,"langevinSteps":3,"clipDenoised":true}""",
            JsonSerializer.Serialize(new SamplerOptions { Sampler = new Ddim(0.1), Steps = 13, LangevinSteps = 3 }, Compact));
    }

    public static TheoryData<Sampler> Samplers =>
    [
        .. SamplerRegistry.All,
        new Ddim(0.3),
        new Ddpm(PosteriorVariance: false),
        new Ddpm(NoiseAtEnd: true),
        new DpmSolver(FirstOrder: true, SecondOrderEnd: true),
    ];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_sampler_comes_back_from_json(Sampler sampler) =>
        Assert.Equal(sampler, JsonSerializer.Deserialize<Sampler>(JsonSerializer.Serialize(sampler, ModelJson.Options), ModelJson.Options));

    public static TheoryData<Combiner> Combiners => [.. CombinerRegistry.All, new Product(0.7), new Residual(0.5)];

    [Theory]
    [MemberData(nameof(Combiners))]
    public void A_combiner_comes_back_from_json(Combiner combiner) =>
        Assert.Equal(combiner, JsonSerializer.Deserialize<Combiner>(JsonSerializer.Serialize(combiner, ModelJson.Options), ModelJson.Options));

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"heun5\"")]
    [InlineData("{\"name\":7}")]
    [InlineData("{\"name\":\"ddim\",\"name\":\"smell\"}")]
    [InlineData("{\"name\":\"ddim\",\"eta\":\"much\"}")]
    public void Words_that_name_no_sampler_are_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Sampler>(json, ModelJson.Options));

    [Fact]
    public void Unknown_names_are_refused_by_what_there_is()
    {
        Assert.Equal(new Ddim(), Sampler.Parse(" dDIM "));
        Assert.Equal(new Superposition(), Combiner.Parse("superposition"));
        var unknown = Assert.Throws<McdmException>(() => Sampler.Parse("Heun5"));
        Assert.Equal("SamplerUnknown", unknown.Id);
        Assert.Contains("DpmSolver, Ddim, Ddpm, Euler, EulerAncestral", unknown.Message, StringComparison.Ordinal);
        Assert.Equal("CombinerUnknown", Assert.Throws<McdmException>(() => Combiner.Parse("Sum")).Id);
    }

    [Fact]
    public void Settings_of_others_come_back_from_json()
    {
        var options = new SamplerOptions
        {
            Sampler = new EulerAncestral(),
            KeepNoise = true,
            Threshold = new DynamicThreshold(0.9, 1.5),
            Spacing = new StepSpacing(SpacingKind.Linspace) { Offset = 1, EndsAtFirst = true, Karras = true },
        };
        Assert.Equal(options, JsonSerializer.Deserialize<SamplerOptions>(JsonSerializer.Serialize(options, ModelJson.Options), ModelJson.Options));
    }

    [Fact]
    public void A_schedule_is_its_betas_whatever_it_is_called()
    {
        var own = NoiseSchedule.Create(new(NoiseScheduleKind.Linear, 1000));
        Assert.True(own.HasBetasOf(NoiseSchedule.Create(new ScheduleDescription(NoiseScheduleKind.Linear, 1000) { BetaStart = 1e-4, BetaEnd = 0.02 })));
        Assert.True(own.HasBetasOf(NoiseSchedule.Create(ScheduleDescription.OfBetas(Enumerable.Range(1, 1000).Select(t => (double)(float)own.Beta(t)).ToArray()))));
        Assert.False(own.HasBetasOf(NoiseSchedule.Create(new ScheduleDescription(NoiseScheduleKind.Linear, 1000) { ZeroTerminalSnr = true })));
        Assert.False(own.HasBetasOf(NoiseSchedule.Create(new(NoiseScheduleKind.ScaledLinear, 1000))));
    }

    [Fact]
    public void Without_signal_at_the_end_velocities_are_added()
    {
        var ends = new LatentSpace(4, 8, 8, new VariancePreserving(new ScheduleDescription(NoiseScheduleKind.ScaledLinear, 1000) { ZeroTerminalSnr = true }));
        var table = Assert.IsType<VariancePreserving>(ends.Process).Table;
        Assert.Equal(0, table.AlphaBar(1000));
        Assert.Equal(1, table.Beta(1000));
        Assert.Equal(NoiseSchedule.Create(new(NoiseScheduleKind.ScaledLinear, 1000)).AlphaBar(1), table.AlphaBar(1), 12);
        Assert.Equal(PredictionKind.Velocity, ends.Prediction);
        Assert.Equal(PredictionKind.Noise, (ends with { Process = new VariancePreserving(NoiseScheduleKind.ScaledLinear, 1000) }).Prediction);
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
        Assert.Equal("NoiseScheduleBetas", Assert.Throws<McdmException>(() => NoiseSchedule.Create(new(NoiseScheduleKind.Given, 3))).Id);
        Assert.Equal("NoiseScheduleBetas", Assert.Throws<McdmException>(() => NoiseSchedule.Create(ScheduleDescription.OfBetas([0.1, 1, 0.5]))).Id);
        Assert.Equal("NoiseScheduleSteps", Assert.Throws<McdmException>(() => NoiseSchedule.Create(new ScheduleDescription(NoiseScheduleKind.Cosine, 1) { ZeroTerminalSnr = true })).Id);
    }

    [Theory]
    [InlineData("Ddim", SpacingKind.Leading)]
    [InlineData("DpmSolver", SpacingKind.Leading)]
    public void Steps_that_begin_outside_the_schedule_or_do_not_fall_are_refused(string sampler, SpacingKind spacing)
    {
        var process = new VariancePreserving(NoiseScheduleKind.ScaledLinear, 1000);
        var options = new SamplerOptions { Sampler = Sampler.Parse(sampler), Steps = 1000, Spacing = new StepSpacing(spacing) { Offset = 1 } };
        var error = Assert.Throws<McdmException>(() => options.Check(process));
        Assert.Equal("StepsOutOfRange", error.Id);
        Assert.Contains("1000 steps", error.Message, StringComparison.Ordinal);
        (options with { Steps = 400 }).Check(process);
    }

    [Fact]
    public void Offsets_and_rescales_that_mean_nothing_are_refused()
    {
        var process = new VariancePreserving(NoiseScheduleKind.Cosine, 100);
        var offset = new SamplerOptions { Spacing = new StepSpacing(SpacingKind.Leading) { Offset = -1 } };
        Assert.Equal("SpacingInvalid", Assert.Throws<McdmException>(() => offset.Check(process)).Id);
        var rescale = Assert.Throws<McdmException>(() => new Product(1.5).Check(process, new SamplerOptions(), new ParticleOptions()));
        Assert.Equal("GuidanceRescaleOutOfRange", rescale.Id);
        Assert.Equal("ThresholdOutOfRange", Assert.Throws<McdmException>(() => new SamplerOptions { Threshold = new DynamicThreshold(0) }.Check(process)).Id);
    }
}
