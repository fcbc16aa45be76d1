using Mcdm.Datasets;
using Mcdm.Evaluation;
using Mcdm.Imaging;
using Mcdm.Modalities;

namespace Mcdm.Benchmarks.Results;

/// <summary>Pictures that no model saw: the first give conditions, and the others, from which none was taken, are what sets are compared with.</summary>
internal sealed class HeldOutPictures
{
    /// <summary>In a composition's name: its sentence is that of another picture, as people compose sentences with what they have.</summary>
    public const string OfAnother = " of another";

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
        ["text" + OfAnother + " + segment"] = [Modality.Text, Modality.Segment],
        ["text" + OfAnother + " + sketch"] = [Modality.Text, Modality.Sketch],
        ["text" + OfAnother + " + sketch + segment"] = [Modality.Text, Modality.Sketch, Modality.Segment],
    };

    /// <summary>The first pictures and their conditions.</summary>
    /// <param name="count">How many.</param>
    /// <param name="modalities">Of which kinds.</param>
    /// <param name="isTextOfAnother">Whether a sentence is that of the picture which is half of them further on.</param>
    public IReadOnlyList<(Picture Picture, IReadOnlyList<Condition> Conditions)> Take(int count, IReadOnlyList<Modality> modalities, bool isTextOfAnother = false)
    {
        var items = _dataset.Items.Take(Math.Min(count, _asked)).ToList();
        return items.Select((item, i) =>
        {
            var picture = item.ReadPicture(_size, _size);
            var teller = items[(i + items.Count / 2) % items.Count];
            Condition Of(Modality modality) => modality.ConditionOf(isTextOfAnother && modality == Modality.Text ? teller : item, picture, modality.ExpertName);
            return (picture, (IReadOnlyList<Condition>)modalities.Select(Of).ToList());
        }).ToList();
    }

    /// <summary>The pictures that give no conditions, as a judge sees them.</summary>
    public ReferenceSet Reference(Judge judge) => _reference ??= ReferenceSet.Look(judge, _dataset.Items.Skip(_asked).ToList());
}
