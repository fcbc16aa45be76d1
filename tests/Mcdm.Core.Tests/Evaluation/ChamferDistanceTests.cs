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

    [Theory]
    [InlineData(24, 10)]
    [InlineData(9, 40)]
    public void The_nearest_edge_is_found_whatever_row_it_lies_in(int width, int height)
    {
        var random = new Random(1);
        bool[] Some(double share) => [.. Enumerable.Range(0, width * height).Select(_ => random.NextDouble() < share)];
        double Mean(bool[] from, bool[] to) => Enumerable.Range(0, from.Length).Where(i => from[i]).Average(i => Enumerable.Range(0, to.Length).Where(j => to[j])
            .Min(j => Math.Sqrt(Math.Pow(i % width - j % width, 2) + Math.Pow(i / width - j / width, 2))));
        foreach (double share in new[] { 0.01, 0.05, 0.3 })
        {
            bool[] found = Some(share), wanted = Some(share);
            (found[0], wanted[^1]) = (true, true);
            Assert.Equal((Mean(found, wanted) + Mean(wanted, found)) / 2, ChamferDistance.Between(found, wanted, width), 1e-9);
        }
    }
}
