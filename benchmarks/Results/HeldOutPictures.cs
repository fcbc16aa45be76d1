using Mcdm.Datasets;
using Mcdm.Evaluation;
using Mcdm.Imaging;
using Mcdm.Modalities;

namespace Mcdm.Benchmarks.Results;

/// <summary>Pictures that no model saw: the first give conditions, and the others, from which none was taken, are what sets are compared with.</summary>
internal sealed class HeldOutPictures
{
    private readonly PictureDataset _dataset;
    private readonly int _asked, _size;
    private ReferenceSet? _reference;

    /// <param name="folder">The pictures, with masks, captions and labels.</param>
    /// <param name="asked">Pictures at the beginning that give conditions.</param>
    /// <param name="size">Side in pixels that those are read at: the model's.</param>
    public HeldOutPictures(string folder, int asked, int size)
    {
        _dataset = PictureDataset.Open([folder]);
        (_asked, _size) = (asked, size);
    }

    /// <summary>The conditions that can be asked for together, by name.</summary>
    public static IReadOnlyDictionary<string, Modality[]> Compositions { get; } = new Dictionary<string, Modality[]>
    {
        ["none"] = [],
        ["text"] = [Modality.Text],
        ["segment"] = [Modality.Segment],
        ["sketch"] = [Modality.Sketch],
        ["sketch + segment"] = [Modality.Sketch, Modality.Segment],
        ["text + segment"] = [Modality.Text, Modality.Segment],
        ["text + sketch"] = [Modality.Text, Modality.Sketch],
        ["all three"] = [Modality.Text, Modality.Sketch, Modality.Segment],
        ["low resolution"] = [Modality.LowResolution],
        ["text + low resolution"] = [Modality.Text, Modality.LowResolution],
        ["sketch + low resolution"] = [Modality.Sketch, Modality.LowResolution],
        ["all four"] = [Modality.Text, Modality.Sketch, Modality.Segment, Modality.LowResolution],
    };

    /// <summary>The first pictures and their conditions.</summary>
    public IReadOnlyList<(Picture Picture, IReadOnlyList<Condition> Conditions)> Take(int count, IReadOnlyList<Modality> modalities) =>
        _dataset.Items.Take(Math.Min(count, _asked)).Select(item =>
        {
            var picture = item.ReadPicture(_size, _size);
            return (picture, (IReadOnlyList<Condition>)modalities.Select(modality => modality.ConditionOf(item, picture, modality.ExpertName)).ToList());
        }).ToList();

    /// <summary>The pictures that give no conditions, as a judge sees them.</summary>
    public ReferenceSet Reference(Judge judge) => _reference ??= ReferenceSet.Look(judge, _dataset.Items.Skip(_asked).ToList());
}
