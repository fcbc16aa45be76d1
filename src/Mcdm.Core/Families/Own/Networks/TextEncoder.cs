using Mcdm.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Networks;

/// <summary>A sentence as the U-Net reads it.</summary>
/// <param name="Tokens">One vector a token, [batch, tokens, channels].</param>
/// <param name="Mask">True where a token is part of the sentence, [batch, 1, 1, tokens].</param>
/// <param name="Summary">Mean over the sentence's tokens, [batch, channels].</param>
internal sealed record TextFeatures(Tensor Tokens, Tensor Mask, Tensor Summary);

/// <summary>A small pre-norm transformer over sub-word tokens; token 0 is padding.</summary>
internal sealed class TextEncoder : nn.Module
{
    private readonly Embedding _token, _position;
    private readonly ModuleList<TextEncoderLayer> _layers;
    private readonly LayerNorm _norm;

    public TextEncoder(TextEncoderOptions options) : base(nameof(TextEncoder))
    {
        _token = nn.Embedding(options.VocabularySize, options.Channels);
        _position = nn.Embedding(options.MaxTokens, options.Channels);
        _layers = nn.ModuleList(Enumerable.Range(0, options.Layers)
            .Select(_ => new TextEncoderLayer(options.Channels, options.Heads)).ToArray());
        _norm = TrainedLayers.LayerNorm(options.Channels);
        RegisterComponents();
    }

    /// <param name="tokens">Token numbers, [batch, tokens], padded with 0.</param>
    public TextFeatures forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var mask = tokens.ne(0).unsqueeze(1).unsqueeze(1);
        var x = _token.forward(tokens) + _position.forward(arange(tokens.shape[1], device: tokens.device));
        foreach (var layer in _layers) { x = layer.forward(x, mask); }
        x = _norm.forward(x);
        var counts = tokens.ne(0).unsqueeze(-1).to(x.dtype);
        var summary = (x * counts).sum(1) / counts.sum(1).clamp_min(1);
        return new TextFeatures(x.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope(), summary.MoveToOuterDisposeScope());
    }
}

/// <summary>Self-attention and a perceptron, each on normalised input and added to it.</summary>
internal sealed class TextEncoderLayer : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int _heads;
    private readonly LayerNorm _norm1, _norm2;
    private readonly Linear _queryKeyValue, _output, _widen, _narrow;

    public TextEncoderLayer(int channels, int heads) : base(nameof(TextEncoderLayer))
    {
        _heads = heads;
        _norm1 = TrainedLayers.LayerNorm(channels);
        _queryKeyValue = nn.Linear(channels, 3 * channels);
        _output = nn.Linear(channels, channels);
        _norm2 = TrainedLayers.LayerNorm(channels);
        _widen = nn.Linear(channels, 4 * channels);
        _narrow = nn.Linear(4 * channels, channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var qkv = _queryKeyValue.forward(_norm1.forward(x)).chunk(3, -1);
        x = x + _output.forward(ScaledDotProduct.Attend(qkv[0], qkv[1], qkv[2], _heads, mask, writesOut: true));
        return (x + _narrow.forward(nn.functional.gelu(_widen.forward(_norm2.forward(x))))).MoveToOuterDisposeScope();
    }
}
