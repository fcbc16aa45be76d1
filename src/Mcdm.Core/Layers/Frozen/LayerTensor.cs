using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>A tensor of a layer, with what changes make of it. Borrows all of them.</summary>
/// <param name="own">The network's own.</param>
/// <param name="changes">The changes, one after the other.</param>
internal sealed class LayerTensor(StoredTensor own, IReadOnlyList<TensorChange> changes)
{
    /// <summary>The network's own sizes.</summary>
    public long[] Shape => own.Shape;

    /// <summary>Whether the network's own is made anew each time.</summary>
    public bool IsWidened => own.IsWidened;

    /// <summary>The network's own, without the changes.</summary>
    public Tensor Own() => own.Value();

    /// <inheritdoc cref="StoredTensor.In"/>
    public Tensor? OwnIn(PackedForm form, Func<Tensor, Tensor> use) => own.In(form, use);

    /// <summary>The changes, where all are products of thin matrices, which a layer runs beside its own; null where they are not.</summary>
    public IReadOnlyList<LowRank>? Beside { get; } = changes.All(change => change is LowRank) ? changes.Cast<LowRank>().ToList() : null;

    /// <summary>What it is, worked out anew where there are changes.</summary>
    public Tensor Value()
    {
        if (changes.Count == 0) { return own.Value(); }
        using var scope = NewDisposeScope();
        return changes.Aggregate(own.Value(), (tensor, change) => change.Of(tensor)).to(own.Type).MoveToOuterDisposeScope();
    }
}
