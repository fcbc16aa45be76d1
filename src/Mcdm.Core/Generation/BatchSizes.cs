using Mcdm.Experts;

namespace Mcdm.Generation;

/// <summary>How many pictures go through the networks together where nobody says.</summary>
public static class BatchSizes
{
    /// <summary>Larger batches gain hardly anything on a processor, and make the first pictures wait.</summary>
    private const int Most = 8;

    /// <summary>Tensors of the first level's size that are alive at once in one evaluation.</summary>
    private const int LiveTensors = 24;

    /// <summary>Tensors of a decoder's first level that are alive at once.</summary>
    private const int LiveDecoderTensors = 8;

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
    public static long BytesPerPicture(Model model, LatentSpace space)
    {
        long pixels = (long)space.Height * space.Width;
        long networks = model.Experts.Max(expert => pixels / (expert.Options.PatchSize * expert.Options.PatchSize) * expert.Options.Channels[0]) * sizeof(float) * LiveTensors;
        long decoder = model.Codec is { } codec ? (long)space.PictureHeight * space.PictureWidth / 4 * codec.Options.Width * sizeof(float) * LiveDecoderTensors : 0;
        return Math.Max(networks, decoder);
    }
}
