using Mcdm.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Networks;

/// <summary>Two normalised convolutions around a shift and scale by the time embedding (Dhariwal and Nichol 2021), plus the input.</summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly LayerNorm _norm1, _norm2;
    private readonly Conv2d _conv1, _conv2;
    private readonly Linear _modulation;

    public ResidualBlock(int channels, int timeChannels) : base(nameof(ResidualBlock))
    {
        _norm1 = TrainedLayers.LayerNorm(channels);
        _conv1 = TrainedLayers.Conv3(channels, channels);
        _modulation = nn.Linear(timeChannels, 2 * channels).Zero();
        _norm2 = TrainedLayers.LayerNorm(channels);
        _conv2 = TrainedLayers.Conv3(channels, channels).Zero();
        RegisterComponents();
    }

    /// <param name="x">[batch, channels, height, width]</param>
    /// <param name="time">Time embedding after its non-linearity, [batch, timeChannels].</param>
    /// <returns>[batch, channels, height, width]</returns>
    public override Tensor forward(Tensor x, Tensor time)
    {
        using var scope = NewDisposeScope();
        var h = _conv1.forward(nn.functional.silu(_norm1.OverChannels(x)));
        var modulation = _modulation.forward(time).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
        h = addcmul(modulation[1], _norm2.OverChannels(h), modulation[0] + 1, 1);
        h = _conv2.forward(nn.functional.silu(h));
        return (h + x).MoveToOuterDisposeScope();
    }
}
