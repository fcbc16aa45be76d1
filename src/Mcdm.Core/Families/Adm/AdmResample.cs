using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.Adm;

/// <summary>Changes the resolution with a convolution; where residual blocks do it, they do so without.</summary>
internal sealed class AdmResample(FrozenWeights weights, long channels, AdmResampling resampling) : IAdmStage
{
    private readonly Convolution _convolution = resampling == AdmResampling.Down ? weights.Convolution("op", channels, channels, 3, stride: 2)
        : weights.Convolution("conv", channels, channels, 3);

    public Tensor Forward(Tensor x, AdmSignals signals)
    {
        using var scope = NewDisposeScope();
        return _convolution.Forward(resampling == AdmResampling.Up ? Apply(x, resampling) : x).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of four places, or each place four times.</summary>
    public static Tensor Apply(Tensor x, AdmResampling resampling) => resampling switch
    {
        AdmResampling.Down => functional.avg_pool2d(x, [2, 2]),
        AdmResampling.Up => functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest),
        _ => x,
    };
}
