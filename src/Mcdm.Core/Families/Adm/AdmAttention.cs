using Mcdm.Layers.Frozen;
using Mcdm.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.Adm;

/// <summary>Self-attention between the places of a picture (Dhariwal and Nichol 2021). Its layers are convolutions of one place in a row.</summary>
internal sealed class AdmAttention : IAdmStage
{
    private readonly GroupNorm _norm;
    private readonly Tensor _qkvWeight, _qkvBias, _outWeight, _outBias;
    private readonly long _heads;
    private readonly bool _newOrder;

    /// <param name="weights">Its weights.</param>
    /// <param name="channels">Channels of the picture's features.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="newOrder">Whether queries, keys and values come first and the heads within each; else each head has its own three.</param>
    public AdmAttention(FrozenWeights weights, long channels, long heads, bool newOrder)
    {
        if (heads < 1 || channels % heads != 0)
        {
            throw new McdmException("AdmHeads", ErrorKind.InvalidArgument,
                $"{heads} attention heads do not divide {channels} channels; give the options or the preset that the model was trained with.");
        }
        (_heads, _newOrder) = (heads, newOrder);
        _norm = weights.GroupNorm("norm", AdmUNet.Groups, channels, AdmUNet.Epsilon);
        (_qkvWeight, _qkvBias) = (weights.Take("qkv.weight", 3 * channels, channels, 1), weights.Take("qkv.bias", 3 * channels));
        (_outWeight, _outBias) = (weights.Take("proj_out.weight", channels, channels, 1), weights.Take("proj_out.bias", channels));
    }

    public Tensor Forward(Tensor x, AdmSignals signals)
    {
        using var scope = NewDisposeScope();
        var (batch, channels) = (x.shape[0], x.shape[1]);
        var places = _norm.Forward(x).flatten(2).transpose(1, 2);
        var qkv = functional.linear(places, _qkvWeight.squeeze(-1), _qkvBias);
        var three = _newOrder ? qkv.chunk(3, -1)
            : qkv.reshape(batch, -1, _heads, 3, channels / _heads).unbind(3).Select(part => part.reshape(batch, -1, channels)).ToArray();
        var attended = ScaledDotProduct.Attend(three[0], three[1], three[2], _heads);
        return (x + functional.linear(attended, _outWeight.squeeze(-1), _outBias).transpose(1, 2).reshape(x.shape)).MoveToOuterDisposeScope();
    }
}
