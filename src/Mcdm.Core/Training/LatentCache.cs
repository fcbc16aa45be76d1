using System.Security.Cryptography;
using System.Text;
using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Runtime;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>
/// The latents of a run's pictures, encoded once and kept in the run's folder (the pictures' own may be read-only), in half precision. A file of
/// another space, size or other pictures is replaced, and so is a damaged one.
/// </summary>
internal static class LatentCache
{
    private const string Key = "key", Latents = "latents";
    private const int BatchSize = 16;

    /// <summary>Reads the latents, or encodes and writes them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="items">The pictures.</param>
    /// <param name="codec">Encodes them.</param>
    /// <param name="size">Side in pixels that they are read at.</param>
    /// <param name="progress">Told after every batch: pictures done, and in all.</param>
    /// <param name="cancellation">Stops between two batches; nothing is written then.</param>
    /// <returns>float16 [pictures, channels, size / factor, size / factor], on the CPU.</returns>
    /// <exception cref="McdmException">A picture cannot be read.</exception>
    public static Tensor Of(string path, IReadOnlyList<DatasetItem> items, LatentCodec codec, int size, Action<int, int>? progress,
        CancellationToken cancellation)
    {
        string key = KeyOf(items, codec, size);
        if (Stored(path, key) is { } stored) { return stored; }
        using var scope = NewDisposeScope();
        var encoded = new List<Tensor>();
        int done = 0;
        foreach (var batch in items.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var batchScope = NewDisposeScope();
            var pictures = stack(batch.Select(item => PictureTensor.ToTensor(item.ReadPicture(size, size))));
            encoded.Add(codec.Encode(pictures).to(ScalarType.Float16).cpu().MoveToOuterDisposeScope());
            progress?.Invoke(done += batch.Length, items.Count);
        }
        var latents = cat(encoded);
        SafeTensorsWriter.Write(path, [(Latents, latents)], new Dictionary<string, string> { [Key] = key });
        return latents.MoveToOuterDisposeScope();
    }

    private static Tensor? Stored(string path, string key)
    {
        if (!File.Exists(path)) { return null; }
        try
        {
            using var file = SafeTensorsFile.Open(path);
            return file.Metadata.GetValueOrDefault(Key) == key ? file.Read(Latents) : null;
        }
        catch (McdmException)
        {
            // Damaged: what it held can be had again.
            return null;
        }
    }

    private static string KeyOf(IReadOnlyList<DatasetItem> items, LatentCodec codec, int size)
    {
        string pictures = string.Join('\n', items.Select(item => $"{item.Name} {new FileInfo(item.PicturePath).Length}"));
        return $"{codec.Identity} {size} {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(pictures)))}";
    }
}
