using Mcdm.Modalities;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

public sealed class WeightScheduleTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(100, 0.5)]
    [InlineData(150, 0.75)]
    [InlineData(200, 1)]
    [InlineData(600, -1)]
    [InlineData(1000, -3)]
    [InlineData(5000, -3)]
    public void A_weight_is_linear_between_the_levels_given_and_constant_beyond(int level, double expected) =>
        Assert.Equal(expected, new WeightSchedule([new(1000, -3), new(200, 1), new(100, 0.5)]).At(level), 12);

    [Fact]
    public void One_level_is_a_constant() => Assert.Equal(0.3, new WeightSchedule([new(7, 0.3)]).At(900));

    public static TheoryData<WeightPoint[], string> Wrong => new()
    {
        { [], "ScheduleInvalid" },
        { [new(0, 1)], "ScheduleInvalid" },
        { [new(5, 1), new(5, 2)], "ScheduleInvalid" },
        { [new(5, double.NaN)], "WeightNotFinite" },
        { [new(5, double.PositiveInfinity)], "WeightNotFinite" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_schedule_that_means_nothing_is_refused(WeightPoint[] points, string id) =>
        Assert.Equal(id, Assert.Throws<McdmException>(() => new WeightSchedule(points)).Id);
}
