using Mcdm.Modalities.Sketch;
using Xunit;

namespace Mcdm.Core.Tests.Evaluation;

public sealed class ChamferDistanceTests
{
    private const int Width = 8, Height = 6;

    private static bool[] Map(params (int X, int Y)[] edges)
    {
        var map = new bool[Width * Height];
        foreach (var (x, y) in edges) { map[y * Width + x] = true; }
        return map;
    }

    [Fact]
    public void One_edge_is_as_far_as_the_other() =>
        Assert.Equal(5, ChamferDistance.Between(Map((0, 0)), Map((3, 4)), Width));

    [Fact]
    public void Both_directions_count_alike()
    {
        // The found edge is wanted (0 pixels); the wanted ones are 0 and 4 pixels from it (mean 2).
        Assert.Equal(1, ChamferDistance.Between(Map((1, 1)), Map((1, 1), (1, 5)), Width));
        Assert.Equal(1, ChamferDistance.Between(Map((1, 1), (1, 5)), Map((1, 1)), Width));
    }

    [Fact]
    public void Maps_without_edges_are_0_or_a_diagonal_apart()
    {
        Assert.Equal(0, ChamferDistance.Between(Map(), Map(), Width));
        Assert.Equal(10, ChamferDistance.Between(Map((2, 2)), Map(), Width));
    }

    [Fact]
    public void Maps_of_different_sizes_are_refused() => Assert.Throws<ArgumentException>(() => ChamferDistance.Between(Map(), new bool[12], Width));
}
