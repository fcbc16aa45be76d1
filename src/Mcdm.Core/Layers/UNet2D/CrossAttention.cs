using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>Attention from tokens to themselves or to a context's (Rombach et al. 2022, section 3.3), and to those of pictures.</summary>
internal sealed class CrossAttention(FrozenWeights weights, long channels, long contextChannels, long heads)
{
    private readonly Linear _toQ = weights.Linear("to_q", channels, channels, bias: false),
        _toK = weights.Linear("to_k", contextChannels, channels, bias: false),
        _toV = weights.Linear("to_v", contextChannels, channels, bias: false), _toOut = weights.Linear("to_out.0", channels, channels);

    /// <param name="x">[batch, tokens, channels]</param>
    /// <param name="context">What is attended to, [batch, context tokens, context channels]; null for x itself.</param>
    /// <param name="images">The pictures that are looked at beside it; null for none.</param>
    /// <returns>[batch, tokens, channels]</returns>
    public Tensor Forward(Tensor x, Tensor? context = null, IReadOnlyList<ImageContext>? images = null)
    {
        using var scope = NewDisposeScope();
        context ??= x;
        var query = _toQ.Forward(x);
        var attended = ScaledDotProduct.Attend(query, _toK.Forward(context), _toV.Forward(context), heads);
        foreach (var image in images ?? []) { image.AddTo(attended, query, weights.Name, heads); }
        return _toOut.Forward(attended).MoveToOuterDisposeScope();
    }
}
