using Mcdm.Datasets;
using Mcdm.Diffusion.Samplers;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>
/// What an expert learns at each step: pictures, or their latents, and conditions. Everything drawn for a step depends on the seed and the
/// step's number alone, so a resumed run sees what an uninterrupted one would.
/// </summary>
internal sealed class TrainingBatches
{
    private readonly ShuffledItems<(Picture? Picture, object? Label)> _items;
    private readonly TrainingOptions _options;
    private readonly ConditionEncoder? _encoder;
    private readonly Tensor? _latents;

    /// <param name="items">The pictures with their labels.</param>
    /// <param name="options">How to train.</param>
    /// <param name="encoder">Makes conditions of labels; null for the unconditional expert.</param>
    /// <param name="latents">The pictures' latents, [items, channels, height, width], which are then learnt instead; null for pixels.</param>
    public TrainingBatches(IReadOnlyList<DatasetItem> items, TrainingOptions options, ConditionEncoder? encoder, Tensor? latents = null)
    {
        _options = options;
        _encoder = encoder;
        _latents = latents;
        _items = new ShuffledItems<(Picture?, object?)>(items, options, ShuffledItems<Picture>.PictureBytes(options), Read);
    }

    /// <summary>A step's pictures and labels, as they were read.</summary>
    /// <exception cref="McdmException">One cannot be read.</exception>
    public IReadOnlyList<Entry> Read(int step) => _items.Batch(step)
        .Select(entry => new Entry(entry.Item, entry.Index, entry.Entry.Picture, entry.Entry.Label)).ToList();

    /// <summary>Pictures in −1…1 or latents, float32 [batch, channels, height, width], and the encoded conditions, null for the unconditional expert.</summary>
    /// <param name="step">Steps done before this one.</param>
    /// <param name="batch">What it learns from.</param>
    public (Tensor Z0, Tensor? Conditions) Draw(int step, IReadOnlyList<Entry> batch)
    {
        var random = new Random(Seeds.LabelsOfStep(_options.Seed, step));
        var conditions = _encoder is null ? [] : batch.Select(entry => _encoder.EncodeLabel(entry.Label, entry.Item, random)).ToList();
        var z0 = _latents is null
            ? stack(batch.Select(entry => PictureTensor.ToTensor(entry.Picture!)))
            : _latents.index_select(0, tensor(batch.Select(entry => (long)entry.Index).ToArray())).to(ScalarType.Float32);
        return (z0, conditions.Count == 0 ? null : _encoder!.Input.Join(conditions));
    }

    /// <summary>One picture of a step.</summary>
    /// <param name="Item">Where it comes from.</param>
    /// <param name="Index">Its number among all.</param>
    /// <param name="Picture">It; null where its latents are learnt from.</param>
    /// <param name="Label">What its condition is made of; null for the unconditional expert.</param>
    public sealed record Entry(DatasetItem Item, int Index, Picture? Picture, object? Label);

    private (Picture?, object?) Read(DatasetItem item)
    {
        var (picture, label) = Read(item, _options.ImageSize, _encoder, _options.Name);
        return (_latents is null ? picture() : null, label);
    }

    /// <summary>What an expert reads of an item. The picture is decoded only where it, or a label that is found in it, is asked for.</summary>
    /// <param name="item">The item.</param>
    /// <param name="size">Side of the network's pictures.</param>
    /// <param name="encoder">Makes conditions of labels; null for the unconditional expert.</param>
    /// <param name="expert">Name of the expert.</param>
    public static (Func<Picture> Picture, object? Label) Read(DatasetItem item, int size, ConditionEncoder? encoder, string expert)
    {
        Picture? read = null;
        Picture Picture() => read ??= item.ReadPicture(size, size);
        return (Picture, encoder?.Label(item, Picture, expert));
    }
}
