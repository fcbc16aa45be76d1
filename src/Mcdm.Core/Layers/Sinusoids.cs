using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Layers;

/// <summary>Sines and cosines of a time step (Ho et al. 2020, after Vaswani et al. 2017).</summary>
internal static class Sinusoids
{
    private const double MaxPeriod = 10_000;

    /// <param name="t">Time steps 0…T−1, which may lie between whole ones, [batch].</param>
    /// <param name="channels">Channels of the result; where they are odd, the last is 0.</param>
    /// <param name="cosinesFirst">Whether the cosines come before the sines.</param>
    /// <param name="frequencyShift">What is taken off the number of frequencies where they are spread; 1 lets the last reach 1 ÷ 10,000.</param>
    /// <param name="device">Where the result is wanted.</param>
    /// <param name="roundsDistance">
    /// Whether the distance of two frequencies is rounded before it is multiplied, as networks that are trained here learn it, or after, as in the files of
    /// others: angles of a thousand radians show it.
    /// </param>
    /// <returns>float32 [batch, channels]</returns>
    public static Tensor Of(Tensor t, long channels, bool cosinesFirst, double frequencyShift, Device device, bool roundsDistance = false)
    {
        using var scope = NewDisposeScope();
        long half = channels / 2;
        var places = arange(half, dtype: ScalarType.Float32, device: device);
        var exponents = roundsDistance ? places * (-Math.Log(MaxPeriod) / (half - frequencyShift)) : places * -Math.Log(MaxPeriod) / (half - frequencyShift);
        var angles = t.to(device).to(ScalarType.Float32).unsqueeze(1) * exp(exponents).unsqueeze(0);
        var sinusoids = cat(cosinesFirst ? [cos(angles), sin(angles)] : [sin(angles), cos(angles)], 1);
        return (channels % 2 == 1 ? functional.pad(sinusoids, [0, 1]) : sinusoids).MoveToOuterDisposeScope();
    }
}
