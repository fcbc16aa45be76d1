using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.UNet2D;

/// <summary>Halves a picture's sides by a convolution of stride 2.</summary>
/// <param name="weights">Its weights.</param>
/// <param name="channels">Channels in and out.</param>
/// <param name="padding">Rows and columns added on each side; 0 adds one at the right and at the bottom alone.</param>
internal sealed class Downsample2D(FrozenWeights weights, long channels, int padding)
{
    private readonly Convolution _conv = weights.Convolution("conv", channels, channels, 3, stride: 2, padding: padding);

    /// <param name="x">[batch, channels, height, width]</param>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _conv.Forward(padding == 0 ? functional.pad(x, [0, 1, 0, 1]) : x).MoveToOuterDisposeScope();
    }
}
