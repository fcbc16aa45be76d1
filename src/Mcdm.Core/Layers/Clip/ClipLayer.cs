using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers.Clip;

/// <summary>A layer of CLIP's encoders: self-attention and a perceptron, each normalised before and added after.</summary>
/// <param name="weights">Its weights.</param>
/// <param name="options">The encoder's shape.</param>
/// <param name="causal">Whether a token sees only those before it.</param>
internal sealed class ClipLayer(FrozenWeights weights, ClipOptions options, bool causal)
{
    private const double QuickGeluSlope = 1.702;

    private readonly LayerNorm _layerNorm1 = weights.LayerNorm("layer_norm1", options.HiddenSize, options.LayerNormEps),
        _layerNorm2 = weights.LayerNorm("layer_norm2", options.HiddenSize, options.LayerNormEps);
    private readonly Linear _query = weights.Linear("self_attn.q_proj", options.HiddenSize, options.HiddenSize);
    private readonly Linear _key = weights.Linear("self_attn.k_proj", options.HiddenSize, options.HiddenSize);
    private readonly Linear _value = weights.Linear("self_attn.v_proj", options.HiddenSize, options.HiddenSize);
    private readonly Linear _output = weights.Linear("self_attn.out_proj", options.HiddenSize, options.HiddenSize);
    private readonly Linear _fc1 = weights.Linear("mlp.fc1", options.HiddenSize, options.IntermediateSize);
    private readonly Linear _fc2 = weights.Linear("mlp.fc2", options.IntermediateSize, options.HiddenSize);

    /// <param name="x">[batch, tokens, width]</param>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = _layerNorm1.Forward(x);
        x = x + _output.Forward(ScaledDotProduct.Attend(_query.Forward(h), _key.Forward(h), _value.Forward(h), options.NumAttentionHeads, causal: causal));
        h = _fc1.Forward(_layerNorm2.Forward(x));
        return (x + _fc2.Forward(options.HiddenAct == "gelu" ? functional.gelu(h) : h * (QuickGeluSlope * h).sigmoid())).MoveToOuterDisposeScope();
    }
}
