using Mcdm.Layers;
using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>Queries look at tokens and at themselves, then a perceptron; each is normalised before and added after. Nothing in it has a bias.</summary>
internal sealed class ResamplerLayer
{
    private const int HeadWidth = 64;
    private const double Epsilon = 1e-5;

    private readonly LayerNorm _normOfTokens, _normOfQueries, _normOfPerceptron;
    private readonly Linear _query, _keyValue, _output, _in, _out;
    private readonly long _heads;

    /// <param name="weights">Its weights.</param>
    /// <param name="width">Numbers of a token and of a query.</param>
    public ResamplerLayer(FrozenWeights weights, long width)
    {
        _heads = Math.Max(1, (weights.Shape("0.to_q.weight") is [var rows, ..] ? rows : 0) / HeadWidth);
        long inner = _heads * HeadWidth, hidden = weights.Shape("1.1.weight") is [var size, ..] ? size : 0;
        (_normOfTokens, _normOfQueries) = (weights.LayerNorm("0.norm1", width, Epsilon), weights.LayerNorm("0.norm2", width, Epsilon));
        _query = weights.Linear("0.to_q", width, inner, bias: false);
        _keyValue = weights.Linear("0.to_kv", width, 2 * inner, bias: false);
        _output = weights.Linear("0.to_out", inner, width, bias: false);
        _normOfPerceptron = weights.LayerNorm("1.0", width, Epsilon);
        _in = weights.Linear("1.1", width, hidden, bias: false);
        _out = weights.Linear("1.3", hidden, width, bias: false);
    }

    /// <param name="tokens">[batch, tokens, width]</param>
    /// <param name="queries">[batch, queries, width]</param>
    /// <returns>The queries' next values.</returns>
    public Tensor Forward(Tensor tokens, Tensor queries)
    {
        using var scope = NewDisposeScope();
        var own = _normOfQueries.Forward(queries);
        var keyValue = _keyValue.Forward(cat([_normOfTokens.Forward(tokens), own], 1)).chunk(2, -1);
        var h = queries + _output.Forward(ScaledDotProduct.Attend(_query.Forward(own), keyValue[0], keyValue[1], _heads));
        return (h + _out.Forward(functional.gelu(_in.Forward(_normOfPerceptron.Forward(h))))).MoveToOuterDisposeScope();
    }
}
