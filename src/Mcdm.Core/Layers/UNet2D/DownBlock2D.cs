using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>
/// One level on the way down: residual blocks, each with attention where the level has it, then a halving
/// (<c>DownBlock2D</c>, <c>CrossAttnDownBlock2D</c>, <c>AttnDownBlock2D</c>, <c>DownEncoderBlock2D</c>).
/// </summary>
internal sealed class DownBlock2D
{
    private readonly (ResnetBlock2D Resnet, ISpatialAttention? Attention)[] _layers;
    private readonly Downsample2D? _downsampler;

    public DownBlock2D(FrozenWeights weights, long input, long output, int layers, BlockStyle style, Func<FrozenWeights, ISpatialAttention>? attention,
        bool downsample)
    {
        _layers = Enumerable.Range(0, layers)
            .Select(i => (new ResnetBlock2D(weights.At($"resnets.{i}"), i == 0 ? input : output, output, style),
                attention?.Invoke(weights.At($"attentions.{i}")))).ToArray();
        _downsampler = downsample ? new Downsample2D(weights.At("downsamplers.0"), output, style.DownsamplePadding) : null;
    }

    /// <param name="x">[batch, input, height, width]</param>
    /// <param name="signals">Time and context; null in an autoencoder.</param>
    /// <param name="add">
    /// Adds to what the level gives, in place: before it is halved where the level has attention, else after (as T2I-Adapters were trained); null for nothing.
    /// </param>
    /// <returns>What each layer gave and, last, the halving: each a skip, the last also what goes on.</returns>
    public IReadOnlyList<Tensor> Forward(Tensor x, UNetSignals? signals = null, Action<Tensor>? add = null)
    {
        using var scope = NewDisposeScope();
        var skips = new List<Tensor>();
        foreach (var (resnet, attention) in _layers)
        {
            x = resnet.Forward(x, signals?.Time);
            if (attention is not null) { x = attention.Forward(x, signals); }
            skips.Add(x);
        }
        bool attends = _layers[^1].Attention is not null;
        if (attends) { add?.Invoke(x); }
        if (_downsampler is not null) { skips.Add(_downsampler.Forward(x)); }
        if (!attends) { add?.Invoke(skips[^1]); }
        foreach (var skip in skips) { skip.MoveToOuterDisposeScope(); }
        return skips;
    }
}
