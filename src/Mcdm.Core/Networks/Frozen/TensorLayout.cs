using static TorchSharp.torch;

namespace Mcdm.Networks.Frozen;

/// <summary>How the numbers of a picture lie in memory.</summary>
internal static class TensorLayout
{
    /// <summary>The same [batch, channels, height, width] with a place's channels beside each other, which convolutions and attention read without reordering.</summary>
    public static Tensor ChannelsLast(this Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
