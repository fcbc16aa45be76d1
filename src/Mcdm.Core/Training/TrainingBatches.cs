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
    private readonly ShuffledItems<(Picture Picture, object? Label)> _pictures;
    private readonly TrainingOptions _options;
    private readonly ConditionEncoder? _encoder;

    public TrainingBatches(IReadOnlyList<DatasetItem> items, TrainingOptions options, ConditionEncoder? encoder)
    {
        _options = options;
        _encoder = encoder;
        _pictures = new ShuffledItems<(Picture, object?)>(items, options, ShuffledItems<Picture>.PictureBytes(options), Read);
    }

    /// <summary>Pictures [batch, 3, size, size] in −1…1 and the encoded conditions, null for the unconditional expert.</summary>
    public (Tensor Pictures, Tensor? Conditions) Draw(int step)
    {
        var random = new Random(unchecked((int)(_options.Seed * 7919 + step)));
        var pictures = new List<Tensor>();
        var conditions = new List<Tensor>();
        foreach (var (item, _, (picture, label)) in _pictures.Batch(step))
        {
            pictures.Add(PictureTensor.ToTensor(picture));
            if (Encode(label, item, random) is { } condition) { conditions.Add(condition); }
        }
        return (stack(pictures), conditions.Count == 0 ? null : ConditionEncoder.Join(conditions));
    }

    private (Picture, object?) Read(DatasetItem item)
    {
        var picture = item.ReadPicture(_options.ImageSize, _options.ImageSize);
        return (picture, Label(item, picture));
    }

    private object? Label(DatasetItem item, Picture picture) => _encoder switch
    {
        SketchEncoder => item.LinesOf(picture),
        SegmentEncoder segment => segment.Classes(Condition.FromSegment(item.ReadMask!(), source: item.PicturePath)),
        LowResolutionEncoder lowResolution => lowResolution.Reduce(picture),
        _ => null,
    };

    private Tensor? Encode(object? label, DatasetItem item, Random random) => _encoder switch
    {
        SketchEncoder sketch => sketch.Encode((bool[])label!),
        SegmentEncoder segment => segment.OneHot(PartialMask.Of((byte[])label!, segment.Parts.Count, random)),
        LowResolutionEncoder lowResolution => lowResolution.Encode((Picture)label!),
        TextConditionEncoder text => text.Encode(Condition.FromText(item.Captions[random.Next(item.Captions.Count)])),
        _ => null,
    };
}
