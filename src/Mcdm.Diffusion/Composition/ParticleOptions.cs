using static System.FormattableString;

namespace Mcdm.Diffusion.Composition;

/// <summary>How the bias of (12) while sampling is corrected.</summary>
public sealed record ParticleOptions
{
    private const int MostParticles = 10_000;

    /// <summary>Particles K a sample, 1…10,000; 1 corrects nothing.</summary>
    public int Particles { get; init; } = 1;

    /// <summary>
    /// τ, by which log-weights are divided. 1 is exact; in image space, where the sums run over thousands of pixels, a few
    /// particles need more, or one of them takes all the weight.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Particles are resampled when their effective sample size falls below this share of K, 0…1.</summary>
    public double ResampleThreshold { get; init; } = 0.5;

    /// <summary>Refuses numbers that mean nothing.</summary>
    /// <exception cref="McdmException"><c>ParticlesOutOfRange</c>, <c>TemperatureOutOfRange</c> or <c>ThresholdOutOfRange</c>.</exception>
    public void Check()
    {
        if (Particles is < 1 or > MostParticles)
        {
            throw new McdmException("ParticlesOutOfRange", ErrorKind.InvalidArgument,
                $"{Particles} particles were asked for; a sample has 1 to {MostParticles}.");
        }
        if (!(Temperature > 0) || double.IsInfinity(Temperature))
        {
            throw new McdmException("TemperatureOutOfRange", ErrorKind.InvalidArgument,
                Invariant($"The temperature {Temperature} is out of range; it is a finite number above 0."));
        }
        if (ResampleThreshold is not (>= 0 and <= 1))
        {
            throw new McdmException("ThresholdOutOfRange", ErrorKind.InvalidArgument,
                Invariant($"The threshold {ResampleThreshold} is out of range; it is a share from 0 (never resample) to 1 (always)."));
        }
    }
}
