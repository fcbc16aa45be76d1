using Mcdm.Layers.Frozen;
using Mcdm.Layers;
using Mcdm.Layers.UNet2D;
using Mcdm.Runtime;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>
/// The autoencoder of Stable Diffusion (Rombach et al. 2022): pictures to the mean and variance of latents of an eighth of their sides, and back.
/// Borrows its weights.
/// </summary>
internal sealed class AutoencoderKL
{
    private const double Epsilon = 1e-6;

    /// <summary>Bytes of a level's picture after which freed memory is given back: the holes of finer levels' blocks would add up else.</summary>
    private const long Much = 32 << 20;

    private const double LeastLogVariance = -30, MostLogVariance = 20;

    private readonly FrozenWeights _weights;
    private readonly Coder _encoder, _decoder;
    private readonly DownBlock2D[] _downBlocks;
    private readonly UpBlock2D[] _upBlocks;
    private readonly Convolution? _quantConv, _postQuantConv;

    /// <inheritdoc cref="UNet2DConditionModel(FrozenWeights, UNet2DConditionOptions)"/>
    public AutoencoderKL(FrozenWeights weights, AutoencoderKLOptions options)
    {
        (_weights, Options) = (weights, options);
        var channels = options.BlockOutChannels;
        int levels = options.Levels, layers = options.LayersPerBlock.One;
        long moments = 2L * options.LatentChannels;
        var style = new BlockStyle(options.Groups, Epsilon, DownsamplePadding: 0);

        var encoder = weights.At("encoder");
        _encoder = new Coder(encoder, options, style, options.InChannels, channels[0], channels[^1], moments);
        _downBlocks = Enumerable.Range(0, levels)
            .Select(i => new DownBlock2D(encoder.At($"down_blocks.{i}"), channels[Math.Max(0, i - 1)], channels[i], layers, style, null,
                downsample: i < levels - 1))
            .ToArray();
        _quantConv = options.UseQuantConv ? weights.Convolution("quant_conv", moments, moments, 1) : null;

        var decoder = weights.At("decoder");
        _decoder = new Coder(decoder, options, style, options.LatentChannels, channels[^1], channels[0], options.OutChannels);
        long[] noSkips = new long[layers + 1];
        _upBlocks = Enumerable.Range(0, levels)
            .Select(i => new UpBlock2D(decoder.At($"up_blocks.{i}"), channels[Math.Min(levels - 1, levels - i)], channels[levels - 1 - i], noSkips, style, null,
                upsample: i < levels - 1)).ToArray();
        _postQuantConv = options.UsePostQuantConv ? weights.Convolution("post_quant_conv", options.LatentChannels, options.LatentChannels, 1) : null;
        weights.RequireAllTaken();
    }

    /// <summary>Its shape.</summary>
    public AutoencoderKLOptions Options { get; }

    /// <param name="picture">Pictures in −1…1, [batch, channels, height, width], sides that the factor divides.</param>
    /// <returns>
    /// Mean and logarithm of the variance (−30…20) of the latents, neither shifted nor scaled, float32 [batch, latent channels, height / factor, width
    /// / factor].
    /// </returns>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor picture)
    {
        using var scope = NewDisposeScope();
        var h = _encoder.ConvIn.Forward(picture.to(_weights.Type).ChannelsLast());
        foreach (var block in _downBlocks)
        {
            var layers = block.Forward(h);
            h.Dispose();
            h = layers[^1];
            foreach (var layer in layers.SkipLast(1)) { layer.Dispose(); }
        }
        h = _encoder.End(_encoder.MidBlock.Forward(h));
        var moments = (_quantConv?.Forward(h) ?? h).to(ScalarType.Float32).contiguous().chunk(2, 1);
        return (moments[0].MoveToOuterDisposeScope(), moments[1].clamp(LeastLogVariance, MostLogVariance).MoveToOuterDisposeScope());
    }

    /// <param name="latents">Latents, neither shifted nor scaled, [batch, latent channels, height, width].</param>
    /// <returns>Pictures, about −1…1 and not clipped, float32 [batch, channels, height × factor, width × factor].</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var h = latents.to(_weights.Type).ChannelsLast();
        h = _decoder.MidBlock.Forward(_decoder.ConvIn.Forward(_postQuantConv?.Forward(h) ?? h));
        foreach (var block in _upBlocks)
        {
            h = block.Forward(h);
            if (h.numel() * h.ElementSize >= Much) { NativeMemory.GiveBackFreedBlocks(); }
        }
        return _decoder.End(h).to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>What the encoder and the decoder have alike: their ends and the coarsest level.</summary>
    private sealed class Coder(FrozenWeights weights, AutoencoderKLOptions options, BlockStyle style, long input, long first, long last, long output)
    {
        private readonly GroupNorm _convNormOut = weights.GroupNorm("conv_norm_out", options.Groups, last, Epsilon);
        private readonly Convolution _convOut = weights.Convolution("conv_out", last, output, 3);

        public Convolution ConvIn { get; } = weights.Convolution("conv_in", input, first, 3);

        public MidBlock2D MidBlock { get; } = new(weights.At("mid_block"), options.BlockOutChannels[^1], style,
            options.MidBlockAddAttention ? at => new AttentionBlock(at, options.BlockOutChannels[^1], options.BlockOutChannels[^1], options.Groups, Epsilon)
                : null);

        /// <summary>Takes x and disposes it.</summary>
        public Tensor End(Tensor x)
        {
            var normal = _convNormOut.Forward(x);
            x.Dispose();
            return _convOut.Forward(functional.silu(normal, inplace: true));
        }
    }
}
