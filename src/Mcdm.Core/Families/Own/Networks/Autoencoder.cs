using Mcdm.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Networks;

/// <summary>
/// A small convolutional autoencoder: pictures become latents of 1/factor of their resolution, in which diffusion is as cheap as in
/// small pictures (Rombach et al. 2022). It has no adversary and no divergence from a normal distribution: noise added to the latents while
/// it is trained, and a bound on their size, keep them smooth. No layer looks at the whole picture, so every size will do that the factor divides.
/// </summary>
internal sealed class Autoencoder : nn.Module
{
    /// <summary>Raw latents stay inside ± this, so that noise of a fixed size cannot be outgrown.</summary>
    private const double Bound = 3;
    private const int Patch = 2;

    private readonly Conv2d _stem, _latent, _expand, _picture;
    private readonly ModuleList<PreActivationBlock> _encoder, _decoder;
    private readonly ModuleList<Conv2d> _halve, _double;

    /// <summary>Makes an autoencoder.</summary>
    /// <param name="options">Its shape.</param>
    /// <param name="seed">Seed of the initial weights; null where they will be replaced.</param>
    public static Autoencoder Create(AutoencoderOptions options, long? seed = null) => TrainedLayers.Initialize(seed, () => new Autoencoder(options));

    private Autoencoder(AutoencoderOptions options) : base(nameof(Autoencoder))
    {
        Options = options;
        int halvings = int.Log2(options.Factor / Patch), pixels = options.ImageChannels * Patch * Patch;
        int[] width = Enumerable.Range(0, halvings + 1).Select(level => options.Width << level).ToArray();

        _stem = TrainedLayers.Conv3(pixels, width[0]);
        // One block before each halving and two at the end; two at each level of the way back.
        _encoder = Blocks([.. width[..halvings], width[halvings], width[halvings]]);
        _halve = nn.ModuleList(Enumerable.Range(0, halvings).Select(level => TrainedLayers.Halve(width[level], width[level + 1])).ToArray());
        _latent = TrainedLayers.Conv1(width[halvings], options.LatentChannels);

        _expand = TrainedLayers.Conv3(options.LatentChannels, width[halvings]);
        _decoder = Blocks(Enumerable.Reverse(width).SelectMany(channels => new[] { channels, channels }));
        _double = nn.ModuleList(Enumerable.Range(0, halvings).Reverse()
            .Select(level => TrainedLayers.Conv1(width[level + 1], width[level] * Patch * Patch)).ToArray());
        _picture = TrainedLayers.Conv3(width[0], pixels);
        RegisterComponents();

        static ModuleList<PreActivationBlock> Blocks(IEnumerable<int> channels) => nn.ModuleList(channels.Select(c => new PreActivationBlock(c)).ToArray());
    }

    /// <summary>Its shape.</summary>
    public AutoencoderOptions Options { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device => _stem.weight!.device;

    /// <summary>The layers that turn pictures into latents: what the latents mean depends on them alone.</summary>
    public IEnumerable<nn.Module> EncoderLayers => [_stem, _encoder, _halve, _latent];

    /// <param name="pictures">Pictures in −1…1, [batch, channels, height, width], sides that the factor divides.</param>
    /// <returns>Raw latents, float32 [batch, latent channels, height / factor, width / factor], inside ±3.</returns>
    public Tensor Encode(Tensor pictures)
    {
        using var scope = NewDisposeScope();
        var h = _stem.forward(nn.functional.pixel_unshuffle(pictures.to(_stem.weight!.dtype), Patch).ChannelsLast());
        int block = 0;
        foreach (var halve in _halve) { h = halve.forward(_encoder[block++].forward(h)); }
        while (block < _encoder.Count) { h = _encoder[block++].forward(h); }
        return (Bound * (_latent.forward(h).to(ScalarType.Float32) / Bound).tanh()).MoveToOuterDisposeScope();
    }

    /// <param name="latents">Raw latents, [batch, latent channels, height, width].</param>
    /// <returns>Pictures, float32 [batch, channels, height × factor, width × factor], not clipped.</returns>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var h = _expand.forward(latents.to(_expand.weight!.dtype).ChannelsLast());
        for (int level = 0; level <= _double.Count; level++)
        {
            if (level > 0) { h = nn.functional.pixel_shuffle(_double[level - 1].forward(h), Patch).ChannelsLast(); }
            h = _decoder[2 * level + 1].forward(_decoder[2 * level].forward(h));
        }
        return nn.functional.pixel_shuffle(_picture.forward(nn.functional.silu(h)), Patch).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
