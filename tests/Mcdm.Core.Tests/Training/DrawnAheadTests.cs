using Mcdm.Training;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Training;

public sealed class DrawnAheadTests
{
    private readonly List<int> _drawn = [];

    private DrawnAhead<int> Ahead(int steps, Func<int, int>? read = null) => new(steps, read ?? (step => step), (step, entry, device) =>
    {
        lock (_drawn) { _drawn.Add(step); }
        return [tensor((float)entry).to(device), null];
    });

    private static float Value(Tensor?[] drawn)
    {
        Assert.Null(drawn[1]);
        return drawn[0]!.item<float>();
    }

    [Fact]
    public void Each_step_is_drawn_once_and_none_after_the_last()
    {
        using var scope = NewDisposeScope();
        var ahead = Ahead(4);
        Assert.Equal([0f, 1, 2, 3], Enumerable.Range(0, 4).Select(step => Value(ahead.Take(step, CPU))));
        ahead.Stop();
        Assert.Equal([0, 1, 2, 3], _drawn);
    }

    [Fact]
    public void The_next_step_is_drawn_before_it_is_asked_for()
    {
        using var scope = NewDisposeScope();
        var ahead = Ahead(2);
        _ = ahead.Take(0, CPU);
        Assert.True(SpinWait.SpinUntil(() => { lock (_drawn) { return _drawn.Contains(1); } }, TimeSpan.FromMinutes(1)));
        ahead.Stop();
    }

    [Fact]
    public void Another_step_than_the_next_is_drawn_when_it_is_asked_for()
    {
        using var scope = NewDisposeScope();
        var ahead = Ahead(10);
        Assert.Equal([0f, 7, 8, 2], new[] { 0, 7, 8, 2 }.Select(step => Value(ahead.Take(step, CPU))));
        ahead.Stop();
    }

    [Fact]
    public void What_is_drawn_belongs_to_the_scope_of_the_step_that_takes_it()
    {
        var ahead = Ahead(3);
        Tensor taken;
        using (NewDisposeScope()) { _ = ahead.Take(0, CPU); }
        using (NewDisposeScope())
        {
            taken = ahead.Take(1, CPU)[0]!;
            Assert.False(taken.IsInvalid);
        }
        Assert.True(taken.IsInvalid);
        ahead.Stop();
    }

    [Fact]
    public void What_cannot_be_read_is_said_at_its_own_step()
    {
        using var scope = NewDisposeScope();
        int broken = 2;
        var ahead = Ahead(4, step => step == broken ? throw new McdmException("PictureUnreadable", ErrorKind.InvalidData, "It is broken.") : step);
        Assert.Equal(0, Value(ahead.Take(0, CPU)));
        Assert.Equal(1, Value(ahead.Take(1, CPU)));
        Assert.Equal("PictureUnreadable", Assert.Throws<McdmException>(() => ahead.Take(2, CPU)).Id);
        broken = -1;
        Assert.Equal(2, Value(ahead.Take(2, CPU)));
        ahead.Stop();
    }
}
