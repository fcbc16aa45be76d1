using Mcdm.Experts;

namespace Mcdm.Sampling;

/// <summary>How many pictures go through the networks together where nobody says.</summary>
public static class BatchSizes
{
    /// <summary>Larger batches gain hardly anything on a processor, and make the first pictures wait.</summary>
    private const int Most = 8;

    /// <summary>What the pictures of a batch may take together. It is the same on every machine: another size of a batch rounds a pixel differently.</summary>
    private const long Room = 2L << 30;

    /// <summary>As many as fit into 2 GiB, up to 8.</summary>
    public static int Default(Model model) => (int)Math.Clamp(Room / BytesPerPicture(model, model.Space), 1, Most);

    /// <summary>Bytes that one more picture in a batch takes, float32.</summary>
    /// <param name="model">The model.</param>
    /// <param name="space">Its space at the pictures' size.</param>
    public static long BytesPerPicture(Model model, LatentSpace space) => Math
        .Max(model.Experts.Max(expert => expert.BytesPerPicture(space)), model.Codec?.BytesPerPicture(space) ?? 0);
}
