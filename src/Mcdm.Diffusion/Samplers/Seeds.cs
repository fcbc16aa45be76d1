namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// What a seed decides: each use has a stream of its own. Torch's generators take 32 bits, so seeds up to 2³²−1 have the values of the
/// first version, by which recipes and runs repeat, and larger ones (negative ones among them) are mixed, so that all of their bits count.
/// </summary>
public static class Seeds
{
    /// <summary>Seed of the noise of one training step.</summary>
    public static ulong NoiseOfStep(long seed, int step) => unchecked((ulong)(Mixed(seed) * 1_000_003 + step));

    /// <summary>Seed of what is drawn of labels and pictures in one training step.</summary>
    public static int LabelsOfStep(long seed, int step) => unchecked((int)(Mixed(seed) * 7919 + step));

    /// <summary>Seed of the order of one epoch.</summary>
    public static int OrderOfEpoch(long seed, int epoch) => unchecked((int)(Mixed(seed) * 104729 + epoch));

    /// <summary>Seed of the draws by which one sample's particles are taken.</summary>
    public static int Resampling(long seed) => unchecked((int)(seed ^ (seed >> 32)) ^ 0x5eed);

    /// <summary>Seed of the noise in which a model of another space is shown a sample's picture.</summary>
    /// <param name="seed">The sample's seed.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="t">The level at which it is asked.</param>
    public static long OfBridge(long seed, string model, double t) => unchecked((long)model
        .Aggregate(SplitMix((ulong)seed ^ (ulong)BitConverter.DoubleToInt64Bits(t)), (mixed, letter) => SplitMix(mixed + letter)));

    /// <summary>The seed of a sample's particle, far from all others; the first has the sample's own.</summary>
    /// <param name="seed">The sample's seed.</param>
    /// <param name="particle">The particle's number, from 0.</param>
    public static long OfParticle(long seed, int particle)
    {
        long own = particle == 0 ? seed : unchecked((long)SplitMix((ulong)seed * 0x9e3779b97f4a7c15 + (ulong)particle * 0xbf58476d1ce4e5b9));
        return IsSmall(seed) ? own & uint.MaxValue : own;
    }

    /// <summary>Seeds of the generators whose noise makes up a sample's: one for a small seed, else two that no other seed has both of.</summary>
    public static IReadOnlyList<ulong> OfGenerators(long seed)
    {
        if (IsSmall(seed)) { return [(ulong)seed]; }
        ulong mixed = SplitMix(unchecked((ulong)seed));
        return [mixed >> 32, mixed & uint.MaxValue];
    }

    /// <summary>Whether a seed fits into a generator as it is.</summary>
    public static bool IsSmall(long seed) => seed is >= 0 and <= uint.MaxValue;

    private static long Mixed(long seed) => IsSmall(seed) ? seed : unchecked((long)SplitMix((ulong)seed));

    /// <summary>The last lines of SplitMix64 (Steele et al. 2014), which take no two numbers to one.</summary>
    private static ulong SplitMix(ulong x)
    {
        x = unchecked((x ^ (x >> 30)) * 0xbf58476d1ce4e5b9);
        x = unchecked((x ^ (x >> 27)) * 0x94d049bb133111eb);
        return x ^ (x >> 31);
    }
}
