using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>Transformer blocks over the places of a picture, which attend to a context (the spatial transformer of Rombach et al. 2022).</summary>
internal sealed class Transformer2DModel : ISpatialAttention
{
    private const double Epsilon = 1e-6;

    private readonly GroupNorm _norm;
    private readonly Func<Tensor, Tensor> _projIn, _projOut;
    private readonly BasicTransformerBlock[] _transformerBlocks;

    public Transformer2DModel(FrozenWeights weights, long channels, long heads, int depth, TransformerOptions options)
    {
        long inner = channels / heads * heads;
        _norm = weights.GroupNorm("norm", options.Groups, channels, Epsilon);
        _projIn = Projection("proj_in", channels, inner);
        _transformerBlocks = Enumerable.Range(0, depth)
            .Select(i => new BasicTransformerBlock(weights.At($"transformer_blocks.{i}"), inner, options.ContextChannels, heads)).ToArray();
        _projOut = Projection("proj_out", inner, channels);

        // From places to places, whether a file holds a matrix or a convolution of one place.
        Func<Tensor, Tensor> Projection(string name, long input, long output) => options.UseLinearProjection
            ? weights.Linear(name, input, output).Forward
            : weights.Convolution(name, input, output, 1).OverTokens;
    }

    public Tensor Forward(Tensor x, UNetSignals? signals)
    {
        using var scope = NewDisposeScope();
        var places = _projIn(Tokens.Of(_norm.Forward(x)));
        foreach (var block in _transformerBlocks) { places = block.Forward(places, signals!); }
        return (x + Tokens.ToPicture(_projOut(places), x.shape)).MoveToOuterDisposeScope();
    }
}
