using Mcdm.Experts;

namespace Mcdm.Sampling;

/// <summary>How many pictures go through the networks together where nobody says.</summary>
public static class BatchSizes
{
    /// <summary>Larger batches gain hardly anything on a processor, and make the first pictures wait.</summary>
    private const int Most = 8;

    /// <summary>As many as fit into a quarter of the memory that is free, up to 8.</summary>
    public static int Default(Model model)
    {
        var memory = GC.GetGCMemoryInfo();
        long free = memory.TotalAvailableMemoryBytes - Environment.WorkingSet;
        return (int)Math.Clamp(free / 4 / BytesPerPicture(model, model.Space), 1, Most);
    }

    /// <summary>Bytes that one more picture in a batch takes, float32.</summary>
    /// <param name="model">The model.</param>
    /// <param name="space">Its space at the pictures' size.</param>
    public static long BytesPerPicture(Model model, LatentSpace space) => Math
        .Max(model.Experts.Max(expert => expert.BytesPerPicture(space)), model.Codec?.BytesPerPicture(space) ?? 0);
}
