using Mcdm.Modalities.Sketch;
using Xunit;

namespace Mcdm.Core.Tests.Evaluation;

public sealed class EdgeAgreementTests
{
    private const int Width = 8;

    private static bool[] Map(params (int X, int Y)[] edges)
    {
        var map = new bool[Width * Width];
        foreach (var (x, y) in edges) { map[y * Width + x] = true; }
        return map;
    }

    [Fact]
    public void A_map_agrees_with_itself()
    {
        var map = Map((1, 1), (2, 1), (3, 2));
        Assert.Equal(1, EdgeAgreement.F1(map, map, Width));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0, 0)]
    public void An_edge_may_be_off_by_one_pixel_in_any_direction(int dx, int dy, double f1) =>
        Assert.Equal(f1, EdgeAgreement.F1(Map((3, 3)), Map((3 + dx, 3 + dy)), Width));

    [Fact]
    public void Tolerance_does_not_reach_around_the_picture() =>
        Assert.Equal(0, EdgeAgreement.F1(Map((Width - 1, 3)), Map((0, 4)), Width));

    [Fact]
    public void F1_is_the_harmonic_mean_of_precision_and_recall()
    {
        // One of two found edges is wanted (precision 1/2); one of four wanted ones is found (recall 1/4).
        var found = Map((0, 0), (7, 7));
        var wanted = Map((0, 0), (3, 3), (5, 0), (0, 6));
        Assert.Equal(2 * 0.5 * 0.25 / 0.75, EdgeAgreement.F1(found, wanted, Width), 12);
    }

    [Fact]
    public void Empty_maps_agree_and_an_empty_one_agrees_with_no_other()
    {
        Assert.Equal(1, EdgeAgreement.F1(Map(), Map(), Width));
        Assert.Equal(0, EdgeAgreement.F1(Map(), Map((1, 1)), Width));
        Assert.Equal(0, EdgeAgreement.F1(Map((1, 1)), Map(), Width));
    }

    [Fact]
    public void Maps_of_different_sizes_are_refused() =>
        Assert.Throws<ArgumentException>(() => EdgeAgreement.F1(new bool[64], new bool[63], Width));
}
