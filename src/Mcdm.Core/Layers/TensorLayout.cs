using static TorchSharp.torch;

namespace Mcdm.Layers;

/// <summary>How the numbers of a picture lie in memory.</summary>
internal static class TensorLayout
{
    /// <summary>
    /// The same [batch, channels, height, width] with a place's channels beside each other, which convolutions and attention read without reordering.
    /// TorchSharp has no memory_format argument; permuting to NHWC, copying and permuting back gives it.
    /// </summary>
    public static Tensor ChannelsLast(this Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>
    /// The same within the memory that x has, which is laid out anew: what a network keeps then lies close together, and what is only needed meanwhile
    /// goes at the end.
    /// </summary>
    /// <param name="x">A tensor without gaps that nobody else reads.</param>
    public static Tensor LayChannelsLast(this Tensor x)
    {
        using var scope = NewDisposeScope();
        var laid = x.permute(0, 2, 3, 1).contiguous();
        return x.view(laid.shape).copy_(laid).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
