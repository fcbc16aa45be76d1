using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>Self-attention, attention to a context, and a perceptron, each normalised before and added after.</summary>
internal sealed class BasicTransformerBlock(FrozenWeights weights, long channels, long contextChannels, long heads)
{
    private const double Epsilon = 1e-5;

    private readonly LayerNorm _norm1 = weights.LayerNorm("norm1", channels, Epsilon), _norm2 = weights.LayerNorm("norm2", channels, Epsilon),
        _norm3 = weights.LayerNorm("norm3", channels, Epsilon);
    private readonly CrossAttention _attn1 = new(weights.At("attn1"), channels, channels, heads),
        _attn2 = new(weights.At("attn2"), channels, contextChannels, heads);
    private readonly FeedForward _ff = new(weights.At("ff"), channels);

    /// <param name="x">[batch, tokens, channels]</param>
    /// <param name="signals">Whose context and pictures are attended to.</param>
    public Tensor Forward(Tensor x, UNetSignals signals)
    {
        using var scope = NewDisposeScope();
        var h = x + _attn1.Forward(_norm1.Forward(x));
        h.add_(_attn2.Forward(_norm2.Forward(h), signals.Context, signals.Images));
        return h.add_(_ff.Forward(_norm3.Forward(h))).MoveToOuterDisposeScope();
    }
}
