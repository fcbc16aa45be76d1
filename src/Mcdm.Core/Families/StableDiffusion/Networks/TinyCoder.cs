using Mcdm.Layers.Frozen;
using Mcdm.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>
/// Half of a <see cref="TinyAutoencoder"/>: layers in a row, called by their places in it, which tell what each is. A convolution without bias changes the
/// resolution; one with bias stands at either end; the others are blocks.
/// </summary>
internal sealed class TinyCoder
{
    private const int MostLayers = 256;

    private readonly FrozenWeights _weights;
    private readonly bool _decodes;
    private readonly List<Func<Tensor, Tensor>> _layers = [];

    public TinyCoder(FrozenWeights weights, bool decodes)
    {
        (_weights, _decodes) = (weights, decodes);
        long channels = 0;
        for (int i = 0; i < MostLayers; i++)
        {
            if (weights.Has($"{i}.conv.0.weight"))
            {
                var block = new Block(weights.At($"{i}"), channels);
                channels = block.Output;
                _layers.Add(block.Forward);
            }
            else if (weights.Has($"{i}.weight"))
            {
                channels = AddConvolution($"{i}", channels);
            }
        }
        if (_layers.Count == 0)
        {
            throw new McdmException("TinyWeights", ErrorKind.InvalidData,
                $"These are not the weights of a tiny autoencoder's {(decodes ? "decoder" : "encoder")}: they have no layers by number.");
        }
        Output = channels;
        weights.RequireAllTaken();
    }

    /// <summary>Channels that it takes.</summary>
    public long Input { get; private set; }

    /// <summary>Channels that it gives.</summary>
    public long Output { get; }

    /// <summary>By what it changes the sides.</summary>
    public int Factor { get; private set; } = 1;

    /// <param name="x">[batch, input, height, width]</param>
    /// <returns>float32 [batch, output, …]</returns>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = x.to(_weights.Device).to(_weights.Type);
        if (_decodes) { h = (h / 3).tanh() * 3; }
        h = h.ChannelsLast();
        foreach (var layer in _layers)
        {
            var next = layer(h);
            h.Dispose();
            h = next;
        }
        return h.to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }

    private long AddConvolution(string name, long channels)
    {
        var shape = _weights.Shape(name + ".weight");
        long output = shape.Count > 0 ? shape[0] : 0, input = _layers.Count == 0 && shape.Count > 1 ? shape[1] : channels;
        bool isFirst = _layers.Count == 0, resizes = !_weights.Has(name + ".bias");
        if (isFirst) { Input = input; }
        var convolution = _weights.Convolution(name, input, output, 3, stride: resizes && !_decodes ? 2 : 1, bias: !resizes);
        if (resizes) { Factor *= 2; }
        _layers.Add(x =>
        {
            using var scope = NewDisposeScope();
            var h = convolution.Forward(resizes && _decodes ? functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest) : x);
            return (isFirst && _decodes ? functional.relu(h) : h).MoveToOuterDisposeScope();
        });
        return output;
    }

    /// <summary>Three convolutions beside a short cut; in the coarse levels of later models, first what is in view all around is added.</summary>
    private sealed class Block
    {
        private const int PoolGroups = 4, PoolFactor = 4;
        private const double Epsilon = 1e-5;

        private readonly Convolution _convolution0, _convolution2, _convolution4;
        private readonly Convolution? _skip, _poolIn, _poolOut;
        private readonly GroupNorm? _poolNorm;

        public Block(FrozenWeights weights, long input)
        {
            Output = weights.Shape("conv.0.weight") is [var output, ..] ? output : 0;
            _convolution0 = weights.Convolution("conv.0", input, Output, 3);
            _convolution2 = weights.Convolution("conv.2", Output, Output, 3);
            _convolution4 = weights.Convolution("conv.4", Output, Output, 3);
            if (input != Output) { _skip = weights.Convolution("skip", input, Output, 1, bias: false); }
            if (!weights.Has("pool.0.weight")) { return; }
            _poolIn = weights.Convolution("pool.0", input, PoolFactor * input, 1, bias: false);
            _poolNorm = weights.GroupNorm("pool.1", PoolGroups, PoolFactor * input, Epsilon);
            _poolOut = weights.Convolution("pool.3", PoolFactor * input, input, 1, bias: false);
        }

        public long Output { get; }

        public Tensor Forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            if (_poolIn is not null) { x = x + _poolOut!.Forward(functional.relu(_poolNorm!.Forward(_poolIn.Forward(x)))); }
            var h = _convolution4.Forward(functional.relu(_convolution2.Forward(functional.relu(_convolution0.Forward(x)))));
            return functional.relu(h + (_skip?.Forward(x) ?? x)).MoveToOuterDisposeScope();
        }
    }
}
