using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>
/// The coarsest level: a residual block, attention where there is any, and mostly another residual block (<c>UNetMidBlock2D</c>,
/// <c>UNetMidBlock2DCrossAttn</c>).
/// </summary>
internal sealed class MidBlock2D(FrozenWeights weights, long channels, BlockStyle style, Func<FrozenWeights, ISpatialAttention>? attention,
    bool isShort = false)
{
    private readonly ResnetBlock2D _before = new(weights.At("resnets.0"), channels, channels, style);
    private readonly ISpatialAttention? _attention = attention?.Invoke(weights.At("attentions.0"));
    private readonly ResnetBlock2D? _after = isShort && !weights.Has("resnets.1.conv1.weight") ? null
        : new(weights.At("resnets.1"), channels, channels, style);

    /// <param name="x">[batch, channels, height, width]</param>
    /// <param name="signals">Time and context; null in an autoencoder.</param>
    public Tensor Forward(Tensor x, UNetSignals? signals = null)
    {
        using var scope = NewDisposeScope();
        var h = _before.Forward(x, signals?.Time);
        if (_attention is not null) { h = _attention.Forward(h, signals); }
        return (_after?.Forward(h, signals?.Time) ?? h).MoveToOuterDisposeScope();
    }
}
