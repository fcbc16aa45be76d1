using Mcdm.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Networks;

/// <summary>
/// Two convolutions, each after its non-linearity, plus the input: a residual block without norms, which would mix what places far apart are.
/// </summary>
internal sealed class PreActivationBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _conv1, _conv2;

    public PreActivationBlock(int channels) : base(nameof(PreActivationBlock))
    {
        _conv1 = TrainedLayers.Conv3(channels, channels);
        _conv2 = TrainedLayers.Conv3(channels, channels).Zero();
        RegisterComponents();
    }

    /// <param name="x">[batch, channels, height, width]</param>
    /// <returns>[batch, channels, height, width]</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = _conv1.forward(nn.functional.silu(x));
        return (x + _conv2.forward(nn.functional.silu(h))).MoveToOuterDisposeScope();
    }
}
