using Mcdm.Diffusion.Samplers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

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

    [Fact]
    public void Every_bit_of_a_seed_counts()
    {
        const long twoToThe32 = 1L << 32;
        long[] seeds = [1, twoToThe32 + 1, 2 * twoToThe32 + 1, 0, twoToThe32, long.MaxValue, long.MinValue, -1, uint.MaxValue];
        Assert.Equal(seeds.Length, Draw(seeds, 1).Select(noise => string.Join(' ', noise)).Distinct().Count());
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(7L)]
    [InlineData((long)uint.MaxValue)]
    public void A_seed_of_32_bits_draws_what_the_generator_draws(long seed)
    {
        using var generator = new Generator((ulong)seed);
        using var noise = randn([1, 2, 3], generator: generator);
        Assert.Equal(noise.data<float>().ToArray(), Draw([seed], 1)[0]);
    }

    [Fact]
    public void The_noise_of_a_large_seed_is_standard_normal()
    {
        using var source = new NoiseSource([1L << 40], [1, 100, 1000]);
        using var noise = source.Next();
        Assert.InRange(noise.mean().ToDouble(), -0.02, 0.02);
        Assert.InRange(noise.std().ToDouble(), 0.99, 1.01);
    }

    [Fact]
    public void Particles_of_a_small_seed_draw_as_they_always_did_and_those_of_a_large_one_by_all_their_bits()
    {
        // As the first versions had it: SplitMix64, of which a generator takes the low half.
        ulong x = unchecked(7UL * 0x9e3779b97f4a7c15 + 2UL * 0xbf58476d1ce4e5b9);
        x = unchecked((x ^ (x >> 30)) * 0xbf58476d1ce4e5b9);
        x = unchecked((x ^ (x >> 27)) * 0x94d049bb133111eb);
        x ^= x >> 31;
        Assert.Equal([7, (long)(x & uint.MaxValue)], new[] { Seeds.OfParticle(7, 0), Seeds.OfParticle(7, 2) });
        long large = (1L << 32) + 7;
        Assert.Equal(large, Seeds.OfParticle(large, 0));
        Assert.False(Seeds.IsSmall(Seeds.OfParticle(large, 1)));
    }

    [Fact]
    public void Training_draws_by_every_bit_of_its_seed_and_by_small_ones_as_before()
    {
        Assert.Equal((3UL * 1_000_003 + 5, 3 * 7919 + 5, 3 * 104729 + 5), (Seeds.NoiseOfStep(3, 5), Seeds.LabelsOfStep(3, 5), Seeds.OrderOfEpoch(3, 5)));
        long large = (1L << 32) + 3;
        Assert.NotEqual((uint)Seeds.NoiseOfStep(3, 5), (uint)Seeds.NoiseOfStep(large, 5));
        Assert.NotEqual(Seeds.LabelsOfStep(3, 5), Seeds.LabelsOfStep(large, 5));
        Assert.NotEqual(Seeds.OrderOfEpoch(3, 5), Seeds.OrderOfEpoch(large, 5));
    }
}
