using Mcdm.Imaging;
using static TorchSharp.torch;

namespace Mcdm.Modalities;

/// <summary>A line drawing as one channel: 1 on lines, 0 on paper.</summary>
/// <param name="width">Columns of the model's pictures.</param>
/// <param name="height">Rows of the model's pictures.</param>
public sealed class SketchEncoder(int width, int height) : ConditionEncoder
{
    /// <inheritdoc/>
    public override Modality Modality => Modality.Sketch;

    /// <inheritdoc/>
    protected override Tensor EncodeValue(Condition condition, Action<string>? note) => Encode(Lines(condition, note));

    /// <summary>Lines as [1, 1, height, width] float32.</summary>
    public Tensor Encode(bool[] lines) =>
        tensor(Array.ConvertAll(lines, line => line ? 1f : 0f)).reshape(1, 1, height, width);

    /// <inheritdoc/>
    public override Condition Normalize(Condition condition) =>
        Condition.FromSketch(SketchLines.ToPicture(Lines(condition, null), width, height), condition.Weight, condition.Source);

    private bool[] Lines(Condition condition, Action<string>? note) => SketchLines.Read(condition.Picture!, width, height, note);
}
