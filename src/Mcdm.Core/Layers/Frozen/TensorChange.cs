using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>
/// A change of a tensor of a network, made while its layer runs, so that one network in memory serves those that change it and those that do not. Does not
/// own its tensors.
/// </summary>
internal abstract record TensorChange
{
    /// <summary>The tensor with the change, as it is after those before.</summary>
    public abstract Tensor Of(Tensor tensor);
}

/// <summary>A change that is added: <c>W + scale · Δ</c>.</summary>
/// <param name="Scale">By what Δ is multiplied: strength · alpha / rank.</param>
internal abstract record AddedChange(double Scale) : TensorChange
{
    /// <summary>What it computes with.</summary>
    public abstract IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Rows of Δ: what the layer gives.</summary>
    public abstract long Rows { get; }

    /// <summary>Numbers in a row of Δ: what the layer reads, times the places of a convolution's kernel.</summary>
    public abstract long Columns { get; }

    /// <inheritdoc/>
    public sealed override Tensor Of(Tensor tensor) => tensor + Scale * Difference().reshape(tensor.shape);

    /// <summary>Δ, row by row.</summary>
    protected abstract Tensor Difference();
}
