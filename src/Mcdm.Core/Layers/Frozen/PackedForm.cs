using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>How an operator wants a weight to lie.</summary>
internal abstract record PackedForm
{
    /// <summary>A weight in this form.</summary>
    /// <param name="weight">As it was read; stays the caller's.</param>
    public abstract Tensor Pack(Tensor weight);
}

/// <summary>For products with rows, however many; of a convolution over single places too.</summary>
internal sealed record LinearForm : PackedForm
{
    /// <summary>The one there is.</summary>
    public static LinearForm Any { get; } = new();

    /// <inheritdoc/>
    public override Tensor Pack(Tensor weight) => PackedOperators.PackLinear(weight.flatten(1));
}

/// <summary>For a convolution over pictures of one size: for another, the operator would reorder the weight at every call, and slowly.</summary>
/// <param name="Stride">Its stride.</param>
/// <param name="Padding">Zeros at each side.</param>
/// <param name="Height">The pictures' height.</param>
/// <param name="Width">Their width.</param>
internal sealed record ConvolutionForm(int Stride, int Padding, long Height, long Width) : PackedForm
{
    /// <inheritdoc/>
    public override Tensor Pack(Tensor weight) => PackedOperators.PackConvolution(weight, Stride, Padding, Height, Width);
}
