using Mcdm.Layers;
using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>
/// A small network that makes of a picture what is added to a U-Net on its way down (T2I-Adapter; Mou et al. 2023), once for all steps. Borrows its weights.
/// </summary>
internal sealed class T2IAdapterModel
{
    private readonly FrozenWeights _weights;
    private readonly Convolution? _convIn;
    private readonly Level[] _levels;

    /// <param name="weights">Its weights, in diffusers' names; they stay the caller's.</param>
    /// <param name="options">Its shape.</param>
    /// <exception cref="McdmException">A tensor is missing, has another shape, or has no place.</exception>
    public T2IAdapterModel(FrozenWeights weights, T2IAdapterOptions options)
    {
        (_weights, Options) = (weights, options);
        var at = weights.At("adapter");
        bool isLight = options.AdapterType == T2IAdapterOptions.Light;
        long input = (long)options.InChannels * options.DownscaleFactor * options.DownscaleFactor;
        if (!isLight)
        {
            _convIn = at.Convolution("conv_in", input, options.Channels[0], 3);
            input = options.Channels[0];
        }
        var levels = new List<Level>();
        foreach (int output in options.Levels)
        {
            levels.Add(new Level(at.At($"body.{levels.Count}"), input, output, isLight, options.NumResBlocks, options.Halves(levels.Count)));
            input = output;
        }
        _levels = [.. levels];
        weights.RequireAllTaken();
    }

    /// <summary>Its shape.</summary>
    public T2IAdapterOptions Options { get; }

    /// <summary>Numbers that it was trained to have.</summary>
    public long Parameters => _weights.Parameters;

    /// <param name="picture">The picture in 0…1, [batch, channels, height, width], sides that the factor divides.</param>
    /// <returns>Features of each level, [batch, channels, height, width], in the precision of the computation.</returns>
    public IReadOnlyList<Tensor> Forward(Tensor picture)
    {
        using var scope = NewDisposeScope();
        var x = functional.pixel_unshuffle(picture.to(_weights.Device).to(_weights.Type), Options.DownscaleFactor).ChannelsLast();
        if (_convIn is not null) { x = _convIn.Forward(x); }
        var features = new List<Tensor>();
        foreach (var level in _levels)
        {
            x = level.Forward(x);
            features.Add(x);
        }
        foreach (var feature in features) { feature.MoveToOuterDisposeScope(); }
        return features;
    }

    /// <summary>One level: a halving, a change of channels and residual blocks; in the light kind these have a quarter of its channels.</summary>
    private sealed class Level
    {
        private readonly bool _halves;
        private readonly Convolution? _in, _out;
        private readonly (Convolution First, Convolution Second)[] _blocks;

        public Level(FrozenWeights weights, long input, long output, bool isLight, int blocks, bool halves)
        {
            _halves = halves;
            long inner = isLight ? output / 4 : output;
            if (isLight || input != output) { _in = weights.Convolution("in_conv", input, inner, 1); }
            _blocks = Enumerable.Range(0, blocks).Select(i => weights.At($"resnets.{i}"))
                .Select(at => (at.Convolution("block1", inner, inner, 3), at.Convolution("block2", inner, inner, isLight ? 3 : 1))).ToArray();
            if (isLight) { _out = weights.Convolution("out_conv", inner, output, 1); }
        }

        public Tensor Forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            // A window over the edge is the mean of what lies inside, so that odd sizes are halved as a U-Net halves them.
            var h = _halves ? functional.avg_pool2d(x, 2, 2, ceil_mode: true) : x;
            if (_in is not null) { h = _in.Forward(h); }
            foreach (var (first, second) in _blocks) { h = h + second.Forward(functional.relu(first.Forward(h))); }
            if (_out is not null) { h = _out.Forward(h); }
            return h.MoveToOuterDisposeScope();
        }
    }
}
