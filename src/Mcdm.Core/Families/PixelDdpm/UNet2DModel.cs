using Mcdm.Layers.Frozen;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.UNet2D;
using static TorchSharp.torch;

namespace Mcdm.Families.PixelDdpm;

/// <summary>An unconditional U-Net over pixels (Ho et al. 2020), such as those of ddpm-celebahq-256. Borrows its weights.</summary>
internal sealed class UNet2DModel
{
    private readonly UNetEncoder _encoder;
    private readonly UNetDecoder _decoder;

    /// <inheritdoc cref="UNet2DConditionModel(FrozenWeights, UNet2DConditionOptions)"/>
    public UNet2DModel(FrozenWeights weights, UNet2DOptions options)
    {
        Options = options;
        _encoder = new UNetEncoder(weights, options, (at, level) => Attention(at, level, options.Groups),
            options.AddAttention ? at => Attention(at, options.Levels - 1, options.MiddleAttentionGroups) : null);
        _decoder = new UNetDecoder(weights, options, (at, level) => Attention(at, level, options.Groups));
        weights.RequireAllTaken();

        AttentionBlock Attention(FrozenWeights at, int level, int? groups)
        {
            long channels = options.BlockOutChannels[level];
            return new AttentionBlock(at, channels, options.AttentionHeadDim ?? channels, groups, options.NormEps);
        }
    }

    /// <summary>Its shape.</summary>
    public UNet2DOptions Options { get; }

    /// <param name="sample">Noisy pictures, [batch, input channels, height, width].</param>
    /// <param name="t">Time steps 0…T−1, float32 or int64 [batch].</param>
    /// <returns>The prediction, float32 [batch, output channels, height, width].</returns>
    public Tensor Forward(Tensor sample, Tensor t)
    {
        using var scope = NewDisposeScope();
        var signals = _encoder.Signals(t);
        var skips = _encoder.Down(sample, signals);
        return _decoder.Forward(_encoder.Middle(skips[^1], signals), skips, signals).MoveToOuterDisposeScope();
    }
}
