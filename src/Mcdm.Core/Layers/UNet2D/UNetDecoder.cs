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
    public UNetDecoder(FrozenWeights weights, UNetShape shape, Func<FrozenWeights, int, ISpatialAttention> attention)
    {
        var skips = new Stack<long>(UNetEncoder.SkipChannels(shape));
        var channels = shape.BlockOutChannels;
        int levels = shape.Levels;
        _upBlocks = shape.UpBlockTypes.Select((type, i) =>
        {
            int level = levels - 1 - i;
            var taken = Enumerable.Range(0, shape.LayersPerBlock.At(level) + 1).Select(_ => skips.Pop()).ToArray();
            return new UpBlock2D(weights.At($"up_blocks.{i}"), channels[Math.Min(levels - 1, level + 1)], channels[level], taken, shape.Style,
                UNetShape.Attends(type) ? at => attention(at, level) : null, upsample: level > 0);
        }).ToArray();
        _convNormOut = weights.GroupNorm("conv_norm_out", shape.Groups, channels[0], shape.NormEps);
        _convOut = weights.Convolution("conv_out", channels[0], shape.OutChannels, 3);
    }

    /// <param name="x">What the middle gave.</param>
    /// <param name="skips">The skips, the first first; they are taken and disposed.</param>
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
