using Mcdm.Layers.Frozen;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

/// <summary>
/// Weights with low-rank changes added once and for all, W + Σ scale · up · down, when a layer's are read: a network built of them costs no more than the unchanged
/// one, but shares no memory with it. Neither the weights nor the changes become its own.
/// </summary>
/// <param name="basis">The weights.</param>
/// <param name="changes">By layer, such as <c>mid_block.attentions.0.proj_in</c>.</param>
internal sealed class MergedWeights(IWeights basis, IReadOnlyDictionary<string, IReadOnlyList<LowRank>> changes) : IWeights
{
    private const string Weight = ".weight";

    /// <inheritdoc/>
    public string Path => basis.Path;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => basis.Names;

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name) => basis.Shape(name);

    /// <inheritdoc/>
    public ScalarType DataType(string name) => basis.DataType(name);

    /// <inheritdoc/>
    public Tensor Read(string name, ScalarType? dataType = null)
    {
        if (!name.EndsWith(Weight, StringComparison.Ordinal) || changes.GetValueOrDefault(name[..^Weight.Length]) is not { Count: > 0 } own) { return basis.Read(name, dataType); }
        using var scope = NewDisposeScope();
        var weight = basis.Read(name, ScalarType.Float32);
        foreach (var change in own)
        {
            var product = Matrix(change.Up).matmul(Matrix(change.Down)).reshape(weight.shape);
            weight = weight + change.Scale * product;
        }
        return weight.to(dataType ?? DataType(name)).DetachFromDisposeScope();

        static Tensor Matrix(Tensor factor) => factor.to(CPU).to(ScalarType.Float32).flatten(1);
    }

    /// <summary>Leaves the weights open.</summary>
    public void Dispose()
    {
    }
}
