using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>
/// A change whose directions and lengths were trained apart (DoRA: Liu et al. 2024), as ComfyUI reads what kohya's and LyCORIS' trainers write: with
/// V = W + Δ, <c>W + s (V · m / n − W)</c>. Lengths of rows are the unchanged weight's, n = ‖W‖; those of columns n = ‖V‖.
/// </summary>
/// <param name="Change">Δ, without the strength.</param>
/// <param name="Magnitude">m, a length for each row, [output, 1, …], or for each column, [1, input, …].</param>
/// <param name="Strength">s.</param>
internal sealed record WeightDecomposition(AddedChange Change, Tensor Magnitude, double Strength) : TensorChange
{
    /// <summary>What is added to n: the smallest step of float32 at 1.</summary>
    private const double Epsilon = 1.1920928955078125e-7;

    /// <inheritdoc/>
    public override Tensor Of(Tensor tensor)
    {
        var changed = Change.Of(tensor);
        bool byRow = Magnitude.shape[0] == tensor.shape[0];
        var lengths = byRow ? RowLengths(tensor) : ColumnLengths(changed);
        return tensor + Strength * (changed * (Magnitude.reshape(lengths.shape) / (lengths + Epsilon)) - tensor);
    }

    /// <summary>Length of each row, with dimensions of 1 for the others.</summary>
    internal static Tensor RowLengths(Tensor weight) => weight.flatten(1).to(ScalarType.Float32).norm(1).reshape([-1, .. OnesFor(weight)]);

    private static Tensor ColumnLengths(Tensor weight) =>
        weight.transpose(0, 1).flatten(1).to(ScalarType.Float32).norm(1).reshape([1, -1, .. OnesFor(weight).Skip(1)]);

    private static IEnumerable<long> OnesFor(Tensor weight) => Enumerable.Repeat(1L, (int)weight.dim() - 1);
}
