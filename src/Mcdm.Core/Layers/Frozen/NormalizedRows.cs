using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>DoRA (Liu et al. 2024) as PEFT writes and reads it: <c>(W + s Δ) · m / ‖W + s Δ‖</c>, row by row; at strength 0 it is not W.</summary>
/// <param name="Change">s Δ.</param>
/// <param name="Magnitude">m, [output].</param>
internal sealed record NormalizedRows(AddedChange Change, Tensor Magnitude) : TensorChange
{
    /// <inheritdoc/>
    public override Tensor Of(Tensor tensor)
    {
        var changed = Change.Of(tensor);
        var lengths = WeightDecomposition.RowLengths(changed);
        return changed * (Magnitude.reshape(lengths.shape) / lengths);
    }
}
