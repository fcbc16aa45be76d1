using Mcdm.Imaging;
using Mcdm.Imaging.Lines;
using static TorchSharp.torch;

namespace Mcdm.Modalities.Sketch;

/// <summary>A line drawing as one channel: 1 on lines, 0 on paper.</summary>
/// <param name="width">Columns of the model's pictures.</param>
/// <param name="height">Rows of the model's pictures.</param>
public sealed class SketchEncoder(int width, int height) : ConditionEncoder(Modality.Sketch)
{
    /// <inheritdoc/>
    protected override EncodedCondition EncodeValue(Condition condition, Action<string>? note)
    {
        bool[] lines = SketchLines.Read(condition.Picture!, width, height, note);
        return new EncodedCondition(Encode(lines), condition.With(SketchLines.ToPicture(lines, width, height)));
    }

    /// <summary>Lines as [1, 1, height, width] float32.</summary>
    public Tensor Encode(bool[] lines) =>
        tensor(Array.ConvertAll(lines, line => line ? 1f : 0f)).reshape(1, 1, height, width);

    /// <inheritdoc/>
    public override object? Label(ILabelledPicture item, Func<Picture> picture, string expert) => item.LinesOf(picture());

    /// <inheritdoc/>
    public override LabelView View(object? label, ILabelledPicture item) => new(SketchLines.ToPicture((bool[])label!, width, height));

    /// <inheritdoc/>
    public override Tensor EncodeLabel(object? label, ILabelledPicture item, Random random) => Encode((bool[])label!);
}
