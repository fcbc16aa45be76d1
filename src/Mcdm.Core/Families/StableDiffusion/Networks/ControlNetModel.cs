using Mcdm.Layers.Frozen;
using Mcdm.Layers;
using Mcdm.Layers.UNet2D;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>A copy of a U-Net's first half that looks at a picture and tells the U-Net what to add (Zhang et al. 2023). Borrows its weights.</summary>
internal sealed class ControlNetModel
{
    private readonly FrozenWeights _weights;
    private readonly UNetEncoder _encoder;
    private readonly Convolution[] _pictureLayers, _downBlocks;
    private readonly Convolution _midBlock;
    private readonly ControlTypes? _types;

    /// <inheritdoc cref="UNet2DConditionModel(FrozenWeights, UNet2DConditionOptions)"/>
    public ControlNetModel(FrozenWeights weights, ControlNetOptions options)
    {
        (_weights, Options) = (weights, options);
        var (channels, features) = (options.BlockOutChannels, options.ConditioningEmbeddingOutChannels);
        _encoder = new UNetEncoder(weights, options, options.Attention, options.MiddleAttention());
        var picture = weights.At("controlnet_cond_embedding");
        _pictureLayers =
        [
            picture.Convolution("conv_in", options.ConditioningChannels, features[0], 3),
            .. Enumerable.Range(0, features.Count - 1).SelectMany(i => new[]
            {
                picture.Convolution($"blocks.{2 * i}", features[i], features[i], 3),
                picture.Convolution($"blocks.{2 * i + 1}", features[i], features[i + 1], 3, stride: 2),
            }),
            picture.Convolution("conv_out", features[^1], channels[0], 3),
        ];
        _downBlocks = UNetEncoder.SkipChannels(options).Select((skip, i) => weights.Convolution($"controlnet_down_blocks.{i}", skip, skip, 1)).ToArray();
        _midBlock = weights.Convolution("controlnet_mid_block", channels[^1], channels[^1], 1);
        _types = options is ControlNetUnionOptions union ? new ControlTypes(weights, union) : null;
        weights.RequireAllTaken();
    }

    /// <summary>Its shape.</summary>
    public ControlNetOptions Options { get; }

    /// <summary>Numbers that it was trained to have.</summary>
    public long Parameters => _weights.Parameters;

    /// <param name="sample">Noisy latents, [batch, input channels, height, width].</param>
    /// <param name="t">Time steps 0…T−1, float32 or int64 [batch].</param>
    /// <param name="context">The encoded prompts, [batch, tokens, context channels].</param>
    /// <param name="picture">The picture in 0…1, red first, [batch or 1, channels, 8 × height, 8 × width].</param>
    /// <param name="scale">By what the residuals are multiplied.</param>
    /// <param name="told">What a network of Stable Diffusion XL is told with the time; null for others.</param>
    /// <returns>Residuals in the precision of the computation.</returns>
    public ControlResiduals Forward(Tensor sample, Tensor t, Tensor context, Tensor picture, double scale, TextTime? told = null) =>
        Forward(sample, t, context, [new(picture)], scale, told);

    /// <summary>As <see cref="Forward(Tensor, Tensor, Tensor, Tensor, double, TextTime?)"/>, of pictures of some types.</summary>
    /// <param name="sample">Noisy latents.</param>
    /// <param name="t">Time steps.</param>
    /// <param name="context">The encoded prompts.</param>
    /// <param name="pictures">One picture, or of a ControlNet for several types as many as there are.</param>
    /// <param name="scale">By what the residuals are multiplied.</param>
    /// <param name="told">What is told with the time.</param>
    public ControlResiduals Forward(Tensor sample, Tensor t, Tensor context, IReadOnlyList<ControlPicture> pictures, double scale = 1, TextTime? told = null)
    {
        using var scope = NewDisposeScope();
        var signals = _encoder.Signals(t, context, told, _types?.Embedding(pictures.Select(picture => picture.Type)));
        var hint = pictures.Select(picture => _types is null ? Look(picture.Pixels) : _types.Told(Look(picture.Pixels), picture.Type, picture.Scale))
            .Aggregate((sum, next) => sum + next);
        var skips = _encoder.Down(sample, signals, hint);
        var middle = _encoder.Middle(skips[^1], signals);
        var residuals = new ControlResiduals(skips.Zip(_downBlocks, (skip, block) => Residual(block, skip)).ToArray(), Residual(_midBlock, middle));
        foreach (var residual in residuals.Down.Append(residuals.Mid)) { residual.MoveToOuterDisposeScope(); }
        return residuals;

        Tensor Residual(Convolution block, Tensor x)
        {
            var residual = block.Forward(x).mul_(scale);
            return Options.GlobalPoolConditions ? residual.mean([2, 3], keepdim: true) : residual;
        }
    }

    /// <returns>Features of the latents' size, [batch or 1, channels, height, width].</returns>
    private Tensor Look(Tensor picture)
    {
        using var scope = NewDisposeScope();
        var h = _pictureLayers[0].Forward((Options.ControlnetConditioningChannelOrder == "bgr" ? picture.flip(1) : picture).to(_weights.Type).ChannelsLast());
        foreach (var layer in _pictureLayers.Skip(1)) { h = layer.Forward(functional.silu(h, inplace: true)); }
        return h.MoveToOuterDisposeScope();
    }
}
