using Mcdm.Imaging;

namespace Mcdm.Modalities.LowResolution;

/// <summary>How near a picture's colours are to wanted ones, as the peak signal-to-noise ratio (PSNR).</summary>
public static class PeakSignalToNoise
{
    /// <summary>Mean square of the error of rounding to whole levels: two pictures cannot be told to be nearer than that.</summary>
    private const double Rounding = 1.0 / 12;

    /// <summary>10 log₁₀ (255² / mean squared difference of the red, green and blue levels).</summary>
    /// <param name="found">An opaque picture.</param>
    /// <param name="wanted">An opaque picture of the same size.</param>
    /// <returns>Decibels: 0 for black against white, 58.9 where nothing but rounding could differ.</returns>
    public static double Between(Picture found, Picture wanted) => Of(MeanSquaredError(found, wanted));

    /// <summary>The ratio of a mean squared error.</summary>
    /// <param name="meanSquaredError">In squared levels of 255, of one picture or of a set.</param>
    /// <returns>Decibels.</returns>
    public static double Of(double meanSquaredError) => 10 * Math.Log10(255 * 255 / Math.Max(Rounding, meanSquaredError));

    /// <summary>Mean squared difference of the red, green and blue levels.</summary>
    /// <param name="found">An opaque picture.</param>
    /// <param name="wanted">An opaque picture of the same size.</param>
    /// <returns>In squared levels of 255.</returns>
    public static double MeanSquaredError(Picture found, Picture wanted)
    {
        if ((found.Width, found.Height) != (wanted.Width, wanted.Height))
        {
            throw new ArgumentException($"Pictures of {found.Width}×{found.Height} and {wanted.Width}×{wanted.Height} pixels cannot be compared.",
                nameof(found));
        }
        double squares = 0;
        for (int i = 0; i < found.Rgba.Length; i++)
        {
            double difference = i % 4 == 3 ? 0 : found.Rgba[i] - wanted.Rgba[i];
            squares += difference * difference;
        }
        return squares / (3 * found.Width * found.Height);
    }
}
