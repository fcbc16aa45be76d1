using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Layers;

/// <summary>
/// Multi-head attention (Vaswani et al. 2017) from a picture's positions to themselves or, with a context,
/// to a sentence's tokens. The output projection starts at zero, so the block starts as the identity.
/// </summary>
internal sealed class Attention : nn.Module
{
    /// <summary>The most positions times tokens whose scores are written out.</summary>
    private const long MostWrittenOut = 256 * 256;

    private readonly int _heads;
    private readonly LayerNorm _norm;
    private readonly Linear _query, _keyValue, _output;

    /// <param name="channels">Channels of the picture's features.</param>
    /// <param name="contextChannels">Channels of a token, or null to attend to the picture itself.</param>
    /// <param name="headChannels">Channels of one head, at least; the heads share the channels evenly.</param>
    public Attention(int channels, int? contextChannels, int headChannels) : base(nameof(Attention))
    {
        _heads = HeadsOf(channels, headChannels);
        _norm = TrainedLayers.LayerNorm(channels);
        _query = nn.Linear(channels, channels, hasBias: false);
        _keyValue = nn.Linear(contextChannels ?? channels, 2 * channels, hasBias: false);
        _output = nn.Linear(channels, channels).Zero();
        RegisterComponents();
    }

    /// <summary>Number of heads.</summary>
    /// <param name="channels">Channels that they share evenly.</param>
    /// <param name="headChannels">Channels of one head, at least.</param>
    public static int HeadsOf(int channels, int headChannels) => Enumerable.Range(1, Math.Max(1, channels / headChannels)).Last(heads => channels % heads == 0);

    /// <param name="x">[batch, channels, height, width]</param>
    /// <param name="context">Tokens to attend to, [batch, tokens, contextChannels]; null for x itself.</param>
    /// <param name="mask">True where a token counts, [batch, 1, 1, tokens]; null where all do.</param>
    /// <returns>[batch, channels, height, width]</returns>
    public Tensor forward(Tensor x, Tensor? context = null, Tensor? mask = null)
    {
        using var scope = NewDisposeScope();
        var (batch, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var positions = _norm.forward(x.permute(0, 2, 3, 1)).reshape(batch, height * width, channels);
        var query = Heads(_query.forward(positions));
        var keyValue = _keyValue.forward(context ?? positions).chunk(2, -1);
        var attended = Attend(query, Heads(keyValue[0]), Heads(keyValue[1]), mask);
        var merged = attended.transpose(1, 2).reshape(batch, height, width, channels);
        return (x + _output.forward(merged).permute(0, 3, 1, 2)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// softmax(QKᵀ/√d)·V. Where little is looked at, processors compute it in three operations: the fused one multiplies the small matrices of
    /// each head and picture by a call of its own, 5,760 of them in a training step of the embedded model's network.
    /// </summary>
    /// <param name="query">[batch, heads, positions, d]</param>
    /// <param name="key">[batch, heads, tokens, d]</param>
    /// <param name="value">[batch, heads, tokens, d]</param>
    /// <param name="mask">True where a token counts, [batch, 1, 1, tokens]; null where all do.</param>
    /// <returns>[batch, heads, positions, d]</returns>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? mask)
    {
        if (query.device.type != DeviceType.CPU || query.shape[2] * key.shape[2] > MostWrittenOut)
        {
            return nn.functional.scaled_dot_product_attention(query, key, value, mask);
        }
        using var scope = NewDisposeScope();
        var scores = (query * (1 / Math.Sqrt(query.shape[3]))).matmul(key.transpose(2, 3));
        if (mask is not null) { scores = scores.masked_fill(mask.logical_not(), float.NegativeInfinity); }
        return nn.functional.softmax(scores, -1).matmul(value).MoveToOuterDisposeScope();
    }

    private Tensor Heads(Tensor x) => x.reshape(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2);
}
