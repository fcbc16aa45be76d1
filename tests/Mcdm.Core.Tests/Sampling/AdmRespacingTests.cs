using Mcdm.Diffusion.Schedules;
using Xunit;

namespace Mcdm.Core.Tests.Sampling;

public sealed class AdmRespacingTests
{
    private static readonly NoiseSchedule s_schedule = NoiseSchedule.Create(new(NoiseScheduleKind.Linear, 1000));

    [Theory]
    [InlineData("10", new[] { 0, 111, 222, 333, 444, 555, 666, 777, 888, 999 })]
    [InlineData("ddim4", new[] { 0, 250, 500, 750 })]
    [InlineData("1", new[] { 0 })]
    [InlineData("2,1", new[] { 0, 499, 500 })]
    public void Steps_are_kept_as_the_original_keeps_them(string respacing, int[] expected) => Assert.Equal(expected, new AdmRespacing(s_schedule, respacing).Timesteps);

    [Fact]
    public void All_steps_are_the_schedule_itself()
    {
        var all = new AdmRespacing(s_schedule, "");
        Assert.Equal(1000, all.Timesteps.Count);
        Assert.Equal(s_schedule.Beta(1000), all.Beta[^1], 12);
        Assert.Equal(s_schedule.AlphaBar(1), all.AlphaBar[0]);
    }

    [Theory]
    [InlineData("ddim501")]
    [InlineData("1001")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("10,,10")]
    [InlineData("ddim")]
    [InlineData("501,1")]
    public void What_cannot_be_kept_is_refused(string respacing)
    {
        var error = Assert.Throws<McdmException>(() => new AdmRespacing(s_schedule, respacing));
        Assert.Equal("AdmRespacing", error.Id);
        Assert.Contains($"'{respacing}'", error.Message, StringComparison.Ordinal);
    }
}
