using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>
/// Self-attention between the places of a picture, as in Ho et al. 2020. Its layers are called <c>to_q, to_k, to_v, to_out.0</c>;
/// in files of 2022 <c>query, key, value, proj_attn</c>.
/// </summary>
internal sealed class AttentionBlock : ISpatialAttention
{
    private readonly GroupNorm? _groupNorm;
    private readonly Linear _query, _key, _value, _output;
    private readonly long _heads;

    /// <param name="weights">Its weights.</param>
    /// <param name="channels">Channels of the picture's features.</param>
    /// <param name="headChannels">Channels of one head.</param>
    /// <param name="groups">Groups of the normalisation; null for none.</param>
    /// <param name="epsilon">What the normalisation adds to the variance.</param>
    public AttentionBlock(FrozenWeights weights, long channels, long headChannels, int? groups, double epsilon)
    {
        _heads = channels / headChannels;
        long inner = _heads * headChannels;
        bool old = weights.Has("query.weight");
        _groupNorm = groups is { } count ? weights.GroupNorm("group_norm", count, channels, epsilon) : null;
        _query = weights.Linear(old ? "query" : "to_q", channels, inner);
        _key = weights.Linear(old ? "key" : "to_k", channels, inner);
        _value = weights.Linear(old ? "value" : "to_v", channels, inner);
        _output = weights.Linear(old ? "proj_attn" : "to_out.0", inner, channels);
    }

    public Tensor Forward(Tensor x, UNetSignals? signals)
    {
        using var scope = NewDisposeScope();
        var places = Tokens.Of(_groupNorm?.Forward(x) ?? x);
        var attended = ScaledDotProduct.Attend(_query.Forward(places), _key.Forward(places), _value.Forward(places), _heads);
        return (x + Tokens.ToPicture(_output.Forward(attended), x.shape)).MoveToOuterDisposeScope();
    }
}
