using Mcdm.Datasets;
using Mcdm.Imaging;

namespace Mcdm.Training;

/// <summary>
/// The pictures of each step at the network's size, with their labels: every epoch visits every picture once, in an order of
/// its own that the seed decides. What was decoded is kept where all of it fits.
/// </summary>
/// <param name="items">The pictures.</param>
/// <param name="options">Seed, batch size and picture size.</param>
/// <param name="readLabel">The label of an item, given its picture at the network's size.</param>
internal sealed class ShuffledPictures<TLabel>(IReadOnlyList<DatasetItem> items, TrainingOptions options, Func<DatasetItem, Picture, TLabel> readLabel)
{
    private const long CacheBytes = 1L << 30;
    private readonly bool _caches = items.Count * 8L * options.ImageSize * options.ImageSize < CacheBytes;
    private readonly Dictionary<int, (Picture Picture, TLabel Label)> _cache = [];
    private (int Epoch, int[] Order) _order = (-1, []);

    /// <summary>The pictures of a step, in the order of the batch.</summary>
    public IEnumerable<(DatasetItem Item, Picture Picture, TLabel Label)> Batch(int step)
    {
        for (int i = 0; i < options.BatchSize; i++)
        {
            int index = IndexOf((long)step * options.BatchSize + i);
            var (picture, label) = Load(index);
            yield return (items[index], picture, label);
        }
    }

    private int IndexOf(long position)
    {
        int epoch = (int)(position / items.Count);
        if (_order.Epoch != epoch)
        {
            int[] order = Enumerable.Range(0, items.Count).ToArray();
            new Random(unchecked((int)(options.Seed * 104729 + epoch))).Shuffle(order);
            _order = (epoch, order);
        }
        return _order.Order[position % items.Count];
    }

    private (Picture Picture, TLabel Label) Load(int index)
    {
        if (_cache.TryGetValue(index, out var loaded)) { return loaded; }
        var item = items[index];
        var picture = item.ReadPicture(options.ImageSize, options.ImageSize);
        var label = readLabel(item, picture);
        if (_caches) { _cache[index] = (picture, label); }
        return (picture, label);
    }
}
