namespace Mcdm.Modalities.Segment;

/// <summary>Masks with some of their parts unknown, so that a network learns any partial mask.</summary>
internal static class PartialMask
{
    /// <summary>Drops a random subset of the parts: one time in five none, else each with a probability that is itself drawn.</summary>
    /// <param name="classes">The part of every pixel.</param>
    /// <param name="parts">Number of parts.</param>
    /// <param name="random">Decides.</param>
    public static byte[] Of(byte[] classes, int parts, Random random)
    {
        double probability = random.NextDouble() < 0.2 ? 0 : random.NextDouble();
        bool[] dropped = new bool[parts];
        for (int i = 0; i < parts; i++) { dropped[i] = random.NextDouble() < probability; }
        return Array.ConvertAll(classes, part => part != SegmentEncoder.Unknown && dropped[part] ? SegmentEncoder.Unknown : part);
    }
}
