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
        var shape = options.Shape;
        _encoder = new UNetEncoder(weights, shape, (at, level) => Attention(at, shape.Channels[level], shape.Groups),
            options.MiddleAttention ? at => Attention(at, shape.Channels[^1], options.MiddleAttentionGroups) : null);
        _decoder = new UNetDecoder(weights, shape, options.OutputChannels, (at, level) => Attention(at, shape.Channels[level], shape.Groups));
        weights.RequireAllTaken();

        AttentionBlock Attention(FrozenWeights at, long channels, int? groups) => new(at, channels, options.HeadChannels ?? channels, groups, shape.Epsilon);
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
