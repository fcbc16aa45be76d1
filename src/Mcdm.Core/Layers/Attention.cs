using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Layers;

/// <summary>
/// Multi-head attention (Vaswani et al. 2017) from a picture's positions to themselves or, with a context,
/// to a sentence's tokens. The output projection starts at zero, so the block starts as the identity.
/// </summary>
internal sealed class Attention : nn.Module
{
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
        var keyValue = _keyValue.forward(context ?? positions).chunk(2, -1);
        var attended = ScaledDotProduct.Attend(_query.forward(positions), keyValue[0], keyValue[1], _heads, mask, writesOut: true);
        var merged = attended.reshape(batch, height, width, channels);
        return (x + _output.forward(merged).permute(0, 3, 1, 2)).MoveToOuterDisposeScope();
    }
}
