using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Layers;

/// <summary>Two normalised convolutions, plus the input: a residual block that knows no noise level.</summary>
internal sealed class PlainBlock : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm _norm1, _norm2;
    private readonly Conv2d _conv1, _conv2;

    public PlainBlock(int channels) : base(nameof(PlainBlock))
    {
        _norm1 = TrainedLayers.LayerNorm(channels);
        _conv1 = TrainedLayers.Conv3(channels, channels);
        _norm2 = TrainedLayers.LayerNorm(channels);
        _conv2 = TrainedLayers.Conv3(channels, channels).Zero();
        RegisterComponents();
    }

    /// <param name="x">[batch, channels, height, width]</param>
    /// <returns>[batch, channels, height, width]</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = _conv1.forward(nn.functional.silu(_norm1.OverChannels(x)));
        h = _conv2.forward(nn.functional.silu(_norm2.OverChannels(h)));
        return (h + x).MoveToOuterDisposeScope();
    }
}
