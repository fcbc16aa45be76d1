namespace Mcdm.Diffusion.Samplers;

/// <summary>What else a seed decides than a sample's own noise: each use has a stream of its own. The values are those of the first version, so that recipes and runs repeat.</summary>
public static class Seeds
{
    /// <summary>Seed of the noise of one training step.</summary>
    public static ulong NoiseOfStep(long seed, int step) => unchecked((ulong)(seed * 1_000_003 + step));

    /// <summary>Seed of what is drawn of labels and pictures in one training step.</summary>
    public static int LabelsOfStep(long seed, int step) => unchecked((int)(seed * 7919 + step));

    /// <summary>Seed of the order of one epoch.</summary>
    public static int OrderOfEpoch(long seed, int epoch) => unchecked((int)(seed * 104729 + epoch));

    /// <summary>Seed of the draws by which one sample's particles are taken.</summary>
    public static int Resampling(long seed) => unchecked((int)(seed ^ (seed >> 32)) ^ 0x5eed);

    /// <summary>The seed of a sample's particle, far from all others (SplitMix64, Steele et al. 2014); the first has the sample's own.</summary>
    public static long OfParticle(long seed, int particle)
    {
        if (particle == 0) { return seed; }
        ulong x = unchecked((ulong)seed * 0x9e3779b97f4a7c15 + (ulong)particle * 0xbf58476d1ce4e5b9);
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return unchecked((long)(x ^ (x >> 31)));
    }
}
