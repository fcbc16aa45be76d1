using Mcdm.Diffusion.Samplers;
using Xunit;

namespace Mcdm.Core.Tests.Sampling;

public sealed class NoiseSourceTests
{
    private static float[][] Draw(long[] seeds, int times)
    {
        using var source = new NoiseSource(seeds, [1, 2, 3]);
        float[][] last = [];
        for (int i = 0; i < times; i++)
        {
            using var noise = source.Next();
            last = Enumerable.Range(0, seeds.Length).Select(k => noise[k].data<float>().ToArray()).ToArray();
        }
        return last;
    }

    [Fact]
    public void A_samples_noise_depends_on_its_seed_alone()
    {
        float[][] together = Draw([7, 8, 9], 3), alone = Draw([8], 3), reversed = Draw([9, 8, 7], 3);
        Assert.Equal(alone[0], together[1]);
        Assert.Equal(together[0], reversed[2]);
        Assert.NotEqual(together[0], together[1]);
    }

    [Fact]
    public void Each_draw_is_new() => Assert.NotEqual(Draw([7], 1)[0], Draw([7], 2)[0]);
}
