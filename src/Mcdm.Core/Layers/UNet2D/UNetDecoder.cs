using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.UNet2D;

/// <summary>The second half of a U-Net: the way up and the output.</summary>
internal sealed class UNetDecoder
{
    private readonly UpBlock2D[] _upBlocks;
    private readonly GroupNorm _convNormOut;
    private readonly Convolution _convOut;

    /// <inheritdoc cref="UNetEncoder" path="/param"/>
    public UNetDecoder(FrozenWeights weights, UNetShape shape, int outputChannels, Func<FrozenWeights, int, ISpatialAttention> attention)
    {
        var skips = new Stack<long>(UNetEncoder.SkipChannels(shape));
        int levels = shape.Channels.Count;
        _upBlocks = Enumerable.Range(0, levels).Select(i =>
        {
            int level = levels - 1 - i;
            var taken = Enumerable.Range(0, shape.Layers[level] + 1).Select(_ => skips.Pop()).ToArray();
            return new UpBlock2D(weights.At($"up_blocks.{i}"), shape.Channels[Math.Min(levels - 1, level + 1)], shape.Channels[level], taken, shape.Style,
                shape.UpAttention[i] ? at => attention(at, level) : null, upsample: level > 0);
        }).ToArray();
        _convNormOut = weights.GroupNorm("conv_norm_out", shape.Groups, shape.Channels[0], shape.Epsilon);
        _convOut = weights.Convolution("conv_out", shape.Channels[0], outputChannels, 3);
    }

    /// <param name="x">What the middle gave.</param>
    /// <param name="skips">The skips, the first first; they are taken and given back to memory.</param>
    /// <param name="signals">Time and context.</param>
    /// <returns>float32 [batch, output channels, height, width]</returns>
    public Tensor Forward(Tensor x, IEnumerable<Tensor> skips, UNetSignals signals)
    {
        using var scope = NewDisposeScope();
        var left = new Stack<Tensor>(skips);
        foreach (var block in _upBlocks) { x = block.Forward(x, left, signals); }
        return _convOut.Forward(functional.silu(_convNormOut.Forward(x), inplace: true)).to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }
}
