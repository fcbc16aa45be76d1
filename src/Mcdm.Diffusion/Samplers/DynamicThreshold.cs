using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// Dynamic thresholding (Saharia et al. 2022, section 2.3): each guess of z_0 is clipped to ±s and divided by s, where s, at least 1, is what a share of its
/// absolute values lies under. For pixels alone.
/// </summary>
/// <param name="Ratio">The share, in (0, 1].</param>
/// <param name="Largest">What s is at most, 1 or more.</param>
public sealed record DynamicThreshold(double Ratio = 0.995, double Largest = 1)
{
    /// <summary>Refuses numbers that mean nothing.</summary>
    /// <exception cref="McdmException"><c>ThresholdOutOfRange</c>.</exception>
    public void Check()
    {
        if (Ratio is not (> 0 and <= 1) || !(Largest >= 1) || double.IsInfinity(Largest))
        {
            throw new McdmException("ThresholdOutOfRange", ErrorKind.InvalidArgument,
                Invariant($"Dynamic thresholding has a share in (0, 1] and a largest value of at least 1, not {Ratio} and {Largest}."));
        }
    }

    /// <summary>The guess inside −1…1.</summary>
    /// <param name="z0">Guesses of z_0, [batch, channels, height, width].</param>
    public Tensor Apply(Tensor z0)
    {
        var s = quantile(z0.flatten(1).abs(), tensor((float)Ratio, device: z0.device), dim: 1).clamp(1, Largest).reshape(-1, 1, 1, 1);
        return z0.minimum(s).maximum(-s) / s;
    }
}
