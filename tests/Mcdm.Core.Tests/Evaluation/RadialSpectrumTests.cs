using Mcdm.Core.Tests.Imaging;
using Mcdm.Evaluation;
using Mcdm.Imaging;
using Xunit;

namespace Mcdm.Core.Tests.Evaluation;

/// <summary>Power spectra of pictures whose waves are known.</summary>
public sealed class RadialSpectrumTests
{
    private static Picture Wave(int side, double across, double down, double amplitude = 100) =>
        DrawnLevels.Grey(side, side, (x, y) => 127.5 + amplitude * Math.Sin(2 * Math.PI * (across * (x + 0.5) + down * (y + 0.5)) / side));

    private static int Peak(RadialSpectrum spectrum) => 1 + spectrum.Power.ToList().IndexOf(spectrum.Power.Max());

    [Theory]
    [InlineData(5, 0, 5)]
    [InlineData(0, 20, 20)]
    [InlineData(9, 12, 15)]
    [InlineData(24, 30, 38)]
    public void A_wave_has_its_peak_at_its_frequency(int across, int down, int frequency)
    {
        var spectrum = RadialSpectrum.Of(Wave(64, across, down));
        Assert.Equal(frequency, Peak(spectrum));
        Assert.All(spectrum.Power.Where((_, i) => Math.Abs(i + 1 - frequency) > 3), power => Assert.InRange(power, 0, 1e-3 * spectrum.Power.Max()));
    }

    /// <summary>Five cycles and a half end where they did not begin; without a window they would leave 1e-2 of the peak and more far away.</summary>
    [Fact]
    public void A_wave_that_does_not_close_at_the_border_leaves_little_elsewhere()
    {
        var spectrum = RadialSpectrum.Of(Wave(64, 5.5, 0));
        Assert.InRange(Peak(spectrum), 5, 6);
        Assert.All(spectrum.Power.Skip(14), power => Assert.InRange(power, 0, 1e-4 * spectrum.Power.Max()));
    }

    [Fact]
    public void A_checkerboard_is_at_the_last_frequency()
    {
        var spectrum = RadialSpectrum.Of(DrawnLevels.Grey(64, 64, (x, y) => (x + y) % 2 == 0 ? 100 : 150));
        Assert.Equal((45, 45), (spectrum.Power.Count, Peak(spectrum)));
    }

    [Fact]
    public void White_noise_has_its_variance_over_the_pixels_at_all_frequencies()
    {
        const int side = 64;
        const double expected = (25 + 1.0 / 12) / (side * side);
        var spectrum = RadialSpectrum.Mean([.. Enumerable.Range(0, 40).Select(seed => RadialSpectrum.Of(DrawnLevels.Noise(side, 5, seed, grey: true)))])!;
        Assert.All(spectrum.Power.Skip(1), power => Assert.InRange(power, 0.6 * expected, 1.4 * expected));
        Assert.Equal(expected, spectrum.Power.Skip(9).Average(), 0.03 * expected);
        Assert.Equal(expected, spectrum.Power.Skip(30).Average(), 0.03 * expected);
    }

    /// <summary>Parseval: the squares of levels under the window are those of the coefficients.</summary>
    [Fact]
    public void All_coefficients_sum_up_to_the_variance_under_the_window()
    {
        const int side = 64;
        var picture = DrawnLevels.Noise(side, 20, seed: 3, grey: true);
        double Window(int i) => Math.Pow(Math.Sin(Math.PI * (i % side) / side) * Math.Sin(Math.PI * (i / side) / side), 2);
        double[] window = [.. Enumerable.Range(0, side * side).Select(Window)], levels = [.. Enumerable.Range(0, side * side).Select(i => (double)picture.Rgba[4 * i])];
        double mean = window.Zip(levels, (w, level) => w * level).Sum() / window.Sum();
        double variance = window.Zip(levels, (w, level) => Math.Pow(w * (level - mean), 2)).Sum() / window.Sum(w => w * w);
        var spectrum = RadialSpectrum.Of(picture);
        double sum = 0;
        for (int i = 0; i < side * side; i++)
        {
            double across = Math.Min(i % side, side - i % side), down = Math.Min(i / side, side - i / side);
            int ring = (int)Math.Round(Math.Sqrt(across * across + down * down));
            sum += ring == 0 ? 0 : spectrum.Power[ring - 1];
        }
        Assert.Equal(variance, sum, 1e-4 * variance);
    }

    [Fact]
    public void One_color_has_no_power()
    {
        Assert.All(RadialSpectrum.Of(Pictures.Filled(32, 32, new PictureColor(200, 100, 7))).Power, power => Assert.InRange(power, 0, 1e-20));
        Assert.Empty(RadialSpectrum.Of(Pictures.Filled(1, 1, PictureColor.White)).Power);
    }

    [Fact]
    public void Two_sizes_of_one_wave_have_the_same_power_at_its_frequency()
    {
        var (small, large) = (RadialSpectrum.Of(Wave(64, 6, 0)), RadialSpectrum.Of(Wave(128, 6, 0)));
        Assert.Equal(small.Power[5], large.Power[5], 0.02 * small.Power[5]);
    }

    [Theory]
    [InlineData(48, 20)]
    [InlineData(15, 64)]
    [InlineData(2, 3)]
    public void Pictures_of_any_shape_have_a_power_at_every_frequency(int width, int height)
    {
        var spectrum = RadialSpectrum.Of(DrawnLevels.Grey(width, height, (x, y) => 40 * ((7 * x + 3 * y) % 5)));
        Assert.Equal((width, height), (spectrum.Width, spectrum.Height));
        Assert.All(spectrum.Power, power => Assert.InRange(power, 0, 1e5));
        Assert.NotEmpty(spectrum.Power);
    }

    [Fact]
    public void Only_spectra_of_one_size_have_a_mean()
    {
        var (soft, hard, large) = (RadialSpectrum.Of(Wave(32, 4, 0, 20)), RadialSpectrum.Of(Wave(32, 4, 0, 60)), RadialSpectrum.Of(Wave(64, 4, 0)));
        Assert.Equal((soft.Power[3] + hard.Power[3]) / 2, RadialSpectrum.Mean([soft, hard])!.Power[3], 9);
        Assert.Null(RadialSpectrum.Mean([soft, large]));
        Assert.Null(RadialSpectrum.Mean([]));
    }

    [Fact]
    public void Nothing_stays_in_native_memory()
    {
        var picture = Wave(32, 4, 0);
        Assert.Equal(0, LiveTensors.LeftBy(() => RadialSpectrum.Of(picture)));
    }
}
