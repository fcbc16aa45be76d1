using Mcdm.Datasets;
using Mcdm.Imaging;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>
/// The pictures and conditions of each step. Everything drawn for a step depends on the seed and the step's number alone,
/// so a resumed run sees what an uninterrupted one would.
/// </summary>
internal sealed class TrainingBatches
{
    private const long CacheBytes = 1L << 30;
    private readonly IReadOnlyList<DatasetItem> _items;
    private readonly TrainingOptions _options;
    private readonly ConditionEncoder? _encoder;
    private readonly Dictionary<int, (Picture Picture, object? Label)> _cache = [];
    private readonly bool _caches;
    private (int Epoch, int[] Order) _order = (-1, []);

    public TrainingBatches(IReadOnlyList<DatasetItem> items, TrainingOptions options, ConditionEncoder? encoder)
    {
        _items = items;
        _options = options;
        _encoder = encoder;
        _caches = items.Count * 8L * options.ImageSize * options.ImageSize < CacheBytes;
    }

    /// <summary>Pictures [batch, 3, size, size] in −1…1 and the encoded conditions, null for the unconditional expert.</summary>
    public (Tensor Pictures, Tensor? Conditions) Draw(int step)
    {
        var random = new Random(unchecked((int)(_options.Seed * 7919 + step)));
        var pictures = new List<Tensor>();
        var conditions = new List<Tensor>();
        for (int i = 0; i < _options.BatchSize; i++)
        {
            int index = IndexOf((long)step * _options.BatchSize + i);
            var (picture, label) = Load(index);
            pictures.Add(PictureTensor.ToTensor(picture));
            if (Encode(label, _items[index], random) is { } condition) { conditions.Add(condition); }
        }
        return (stack(pictures), conditions.Count == 0 ? null : ConditionEncoder.Join(conditions));
    }

    /// <summary>Every epoch visits every picture once, in an order of its own.</summary>
    private int IndexOf(long position)
    {
        int epoch = (int)(position / _items.Count);
        if (_order.Epoch != epoch)
        {
            int[] order = Enumerable.Range(0, _items.Count).ToArray();
            new Random(unchecked((int)(_options.Seed * 104729 + epoch))).Shuffle(order);
            _order = (epoch, order);
        }
        return _order.Order[position % _items.Count];
    }

    private (Picture Picture, object? Label) Load(int index)
    {
        if (_cache.TryGetValue(index, out var loaded)) { return loaded; }
        var item = _items[index];
        int size = _options.ImageSize;
        var picture = PictureResize.ToSize(PictureResize.Flatten(item.ReadPicture()), size, size, ResizeKind.Smooth);
        object? label = _encoder switch
        {
            SketchEncoder => Lines(item, picture),
            SegmentEncoder segment => segment.Classes(Condition.FromSegment(item.ReadMask!(), source: item.PicturePath)),
            _ => null,
        };
        if (_caches) { _cache[index] = (picture, label); }
        return (picture, label);
    }

    private static bool[] Lines(DatasetItem item, Picture picture) => item.SketchPath is { } path
        ? SketchLines.Read(PictureFile.Read(path), picture.Width, picture.Height)
        : CannyEdges.Find(picture);

    private Tensor? Encode(object? label, DatasetItem item, Random random) => _encoder switch
    {
        SketchEncoder sketch => sketch.Encode((bool[])label!),
        SegmentEncoder segment => segment.OneHot(WithoutSomeParts((byte[])label!, segment.Parts.Count, random)),
        TextConditionEncoder text => text.Encode(Condition.FromText(item.Captions[random.Next(item.Captions.Count)])),
        _ => null,
    };

    /// <summary>
    /// Drops a random subset of the parts, so that the expert learns any partial mask: one time in five none, else each
    /// with a probability that is itself drawn.
    /// </summary>
    private static byte[] WithoutSomeParts(byte[] classes, int parts, Random random)
    {
        double probability = random.NextDouble() < 0.2 ? 0 : random.NextDouble();
        bool[] dropped = new bool[parts];
        for (int i = 0; i < parts; i++) { dropped[i] = random.NextDouble() < probability; }
        return Array.ConvertAll(classes, part => part != SegmentEncoder.Unknown && dropped[part] ? SegmentEncoder.Unknown : part);
    }
}
