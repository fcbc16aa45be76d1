using Mcdm.Imaging;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>
/// The power spectrum of brightness by radius: how much of a picture's variance lies in waves of each length. The luma
/// (ITU-R BT.601), less its mean, is multiplied with a Hann window along each axis, without which the jump from one border to
/// the opposite one would drown fine grain, and Fourier-transformed. The power of a coefficient F is |F|² / (n Σw²), n pixels
/// under the window w: all coefficients sum up to the variance under the window, and white noise of variance s² has s²/n in
/// each. Where pictures of two sizes show the same, their powers at one frequency are the same.
/// </summary>
/// <param name="Width">Columns of the pictures.</param>
/// <param name="Height">Rows of the pictures.</param>
/// <param name="Power">
/// Mean power, in squares of levels (1/255)², of the coefficients in a ring of width 1 around each whole frequency 1, 2, …, in
/// cycles over the picture's width. Frequencies over width/2 are those of slanting waves alone; the last is the checkerboard's.
/// </param>
public sealed record RadialSpectrum(int Width, int Height, IReadOnlyList<double> Power)
{
    /// <summary>The spectrum of one picture.</summary>
    /// <param name="picture">An opaque picture.</param>
    public static RadialSpectrum Of(Picture picture)
    {
        using var scope = NewDisposeScope();
        int width = picture.Width, height = picture.Height;
        var luma = 255 * PictureTensor.Brightness(picture)[0, 0].to(ScalarType.Float64);
        var window = hann_window(height, dtype: ScalarType.Float64).unsqueeze(1) * hann_window(width, dtype: ScalarType.Float64);
        // The mean under the window, so that nothing of it is left at frequency 0 to leak into frequency 1.
        var centred = luma - (window * luma).sum() / window.sum();
        var power = fft.fft2(window * centred).abs().square() / (window.square().sum() * width * height);
        return new RadialSpectrum(width, height, Rings(power.data<double>().ToArray(), width, height));
    }

    /// <summary>The mean of spectra.</summary>
    /// <param name="spectra">Spectra of pictures.</param>
    /// <returns>Null where there is none, or where the pictures differ in size.</returns>
    public static RadialSpectrum? Mean(IReadOnlyCollection<RadialSpectrum> spectra)
    {
        if (spectra.Select(spectrum => (spectrum.Width, spectrum.Height)).Distinct().Count() != 1) { return null; }
        var first = spectra.First();
        return first with { Power = [.. Enumerable.Range(0, first.Power.Count).Select(i => spectra.Average(spectrum => spectrum.Power[i]))] };
    }

    private static double[] Rings(double[] power, int width, int height)
    {
        int last = Ring(width / 2, height / 2);
        var (sums, counts) = (new double[last + 1], new int[last + 1]);
        for (int i = 0; i < power.Length; i++)
        {
            int ring = Ring(Cycles(i % width, width), Cycles(i / width, height));
            sums[ring] += power[i];
            counts[ring]++;
        }
        return [.. sums.Zip(counts, (sum, count) => sum / count).Skip(1)];

        int Ring(double across, double down)
        {
            down *= (double)width / height;
            return (int)Math.Round(Math.Sqrt(across * across + down * down));
        }
    }

    /// <summary>Cycles along an axis of its i-th coefficient; those of the second half run backwards.</summary>
    private static int Cycles(int i, int pixels) => Math.Min(i, pixels - i);

    /// <inheritdoc/>
    public override string ToString() => $"{Power.Count} frequencies of {Width}×{Height} pixels";
}
