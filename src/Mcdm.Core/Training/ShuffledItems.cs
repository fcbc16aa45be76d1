using Mcdm.Datasets;
using Mcdm.Diffusion.Samplers;

namespace Mcdm.Training;

/// <summary>
/// The items of each step, as they are learnt from: every epoch visits every item once, in an order of its own that the seed decides. What
/// was read is kept where all of it fits.
/// </summary>
/// <param name="items">The items.</param>
/// <param name="options">Seed and batch size.</param>
/// <param name="entryBytes">Memory that one entry takes, roughly.</param>
/// <param name="read">What is learnt from an item.</param>
internal sealed class ShuffledItems<TEntry>(IReadOnlyList<DatasetItem> items, TrainingOptions options, long entryBytes, Func<DatasetItem, TEntry> read)
{
    private readonly bool _caches = items.Count * entryBytes < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
    private readonly Dictionary<int, TEntry> _cache = [];
    private (int Epoch, int[] Order) _order = (-1, []);

    /// <summary>Bytes of a picture of the network's size, with room for labels of each of its pixels.</summary>
    internal static long PictureBytes(TrainingOptions options) => 8L * options.ImageSize * options.ImageSize;

    /// <summary>What is learnt from the item of a number.</summary>
    public TEntry this[int index]
    {
        get
        {
            if (_cache.TryGetValue(index, out var loaded)) { return loaded; }
            var entry = read(items[index]);
            if (_caches) { _cache[index] = entry; }
            return entry;
        }
    }

    /// <summary>The items of a step, in the order of the batch, with their numbers.</summary>
    public IEnumerable<(DatasetItem Item, int Index, TEntry Entry)> Batch(int step)
    {
        for (int i = 0; i < options.BatchSize; i++)
        {
            int index = IndexOf((long)step * options.BatchSize + i);
            yield return (items[index], index, this[index]);
        }
    }

    private int IndexOf(long position)
    {
        int epoch = (int)(position / items.Count);
        if (_order.Epoch != epoch)
        {
            _order = (epoch, OrderOf(items.Count, options.Seed, epoch));
        }
        return _order.Order[position % items.Count];
    }

    /// <summary>The order in which an epoch visits items.</summary>
    internal static int[] OrderOf(int items, long seed, int epoch)
    {
        int[] order = Enumerable.Range(0, items).ToArray();
        new Random(Seeds.OrderOfEpoch(seed, epoch)).Shuffle(order);
        return order;
    }
}
