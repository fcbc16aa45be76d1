using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>
/// One level on the way up: residual blocks, each of which takes a skip, with attention where the level has it, then a doubling
/// (<c>UpBlock2D</c>, <c>CrossAttnUpBlock2D</c>, <c>AttnUpBlock2D</c>; without skips <c>UpDecoderBlock2D</c>).
/// </summary>
internal sealed class UpBlock2D
{
    private readonly (ResnetBlock2D Resnet, ISpatialAttention? Attention)[] _layers;
    private readonly Upsample2D? _upsampler;

    /// <param name="weights">Its weights.</param>
    /// <param name="input">Channels that come in from below.</param>
    /// <param name="output">Channels of the level.</param>
    /// <param name="skips">Channels of the skip that each layer takes, so one entry a layer; 0 for a decoder, which has none.</param>
    /// <param name="style">What all blocks have in common.</param>
    /// <param name="attention">Makes the attention of a layer; null for none.</param>
    /// <param name="upsample">Whether the sides are doubled at the end.</param>
    public UpBlock2D(FrozenWeights weights, long input, long output, IReadOnlyList<long> skips, BlockStyle style, Func<FrozenWeights,
        ISpatialAttention>? attention, bool upsample)
    {
        _layers = skips
            .Select((skip, i) =>
                (new ResnetBlock2D(weights.At($"resnets.{i}"), (i == 0 ? input : output) + skip, output, style),
                attention?.Invoke(weights.At($"attentions.{i}")))).ToArray();
        _upsampler = upsample ? new Upsample2D(weights.At("upsamplers.0"), output) : null;
    }

    /// <param name="x">[batch, input, height, width]; a decoder's is taken and disposed.</param>
    /// <param name="skips">Those that are left, the next on top; they are taken and disposed. Null for a decoder.</param>
    /// <param name="signals">Time and context; null in an autoencoder.</param>
    /// <returns>Where sides are doubled, of the size of the next skip: sizes that a halving rounded up come out right.</returns>
    public Tensor Forward(Tensor x, Stack<Tensor>? skips = null, UNetSignals? signals = null)
    {
        using var scope = NewDisposeScope();
        var h = x;
        foreach (var (resnet, attention) in _layers)
        {
            Replace(skips is null ? resnet.Forward(h, signals?.Time) : Joined(resnet, h, skips.Pop(), signals?.Time));
            if (attention is not null) { Replace(attention.Forward(h, signals)); }
        }
        if (_upsampler is not null)
        {
            var (height, width) = skips is null ? (2 * h.shape[2], 2 * h.shape[3]) : (skips.Peek().shape[2], skips.Peek().shape[3]);
            Replace(_upsampler.Forward(h, height, width));
        }
        return h.MoveToOuterDisposeScope();

        // At a picture's full size it counts how many of them live at once.
        void Replace(Tensor next)
        {
            if (skips is null || !ReferenceEquals(h, x)) { h.Dispose(); }
            h = next;
        }
    }

    private static Tensor Joined(ResnetBlock2D resnet, Tensor x, Tensor skip, Tensor? time)
    {
        using var joined = cat([x, skip], 1);
        skip.Dispose();
        return resnet.Forward(joined, time);
    }
}
