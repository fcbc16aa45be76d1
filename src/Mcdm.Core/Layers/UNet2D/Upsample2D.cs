using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.UNet2D;

/// <summary>Enlarges a picture by its nearest places, then a convolution.</summary>
internal sealed class Upsample2D(FrozenWeights weights, long channels)
{
    private readonly Convolution _conv = weights.Convolution("conv", channels, channels, 3);

    /// <param name="x">[batch, channels, height, width]</param>
    /// <param name="height">Height of the result: twice x's, or one less.</param>
    /// <param name="width">Width of the result.</param>
    public Tensor Forward(Tensor x, long height, long width)
    {
        using var scope = NewDisposeScope();
        return _conv.Forward(functional.interpolate(x, size: [height, width], mode: InterpolationMode.Nearest)).MoveToOuterDisposeScope();
    }
}
