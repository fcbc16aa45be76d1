using Mcdm.Layers.Frozen;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

/// <summary>
/// Weights with changes made once and for all, when a tensor is read: a network built of them costs no more than the unchanged one, but shares no memory with it.
/// Neither the weights nor the changes become its own.
/// </summary>
/// <param name="basis">The weights.</param>
/// <param name="changes">By tensor, such as <c>mid_block.attentions.0.proj_in.weight</c>.</param>
internal sealed class MergedWeights(IWeights basis, TensorChanges changes) : IWeights
{
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
        if (changes.Take(name) is not { Count: > 0 } own) { return basis.Read(name, dataType); }
        using var scope = NewDisposeScope();
        var changed = own.Aggregate(basis.Read(name, ScalarType.Float32), (tensor, change) => change.Of(tensor));
        return changed.to(dataType ?? DataType(name)).DetachFromDisposeScope();
    }

    /// <summary>Leaves the weights open.</summary>
    public void Dispose()
    {
    }
}
