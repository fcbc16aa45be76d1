using Mcdm.Core.Tests.Imaging;
using Mcdm.Imaging;
using Mcdm.Modalities.LowResolution;
using Xunit;

namespace Mcdm.Core.Tests.Evaluation;

public sealed class PeakSignalToNoiseTests
{
    private static Picture Grey(byte level) => Pictures.Filled(4, 2, new PictureColor(level, level, level));

    [Fact]
    public void It_is_the_peak_over_the_mean_square_in_decibels()
    {
        Assert.Equal(0, PeakSignalToNoise.Between(Grey(0), Grey(255)), 10);
        Assert.Equal(10 * Math.Log10(65025 / 64.0), PeakSignalToNoise.Between(Grey(60), Grey(68)), 10);
    }

    [Fact]
    public void Only_colours_that_differ_count()
    {
        var red = Pictures.Filled(1, 1, new PictureColor(130, 7, 9));
        Assert.Equal(10 * Math.Log10(65025 / (900 / 3.0)), PeakSignalToNoise.Between(red, Pictures.Filled(1, 1, new PictureColor(100, 7, 9))), 10);
    }

    [Fact]
    public void Equal_pictures_are_as_near_as_rounding_can_tell() => Assert.Equal(10 * Math.Log10(65025 * 12), PeakSignalToNoise.Between(Grey(9), Grey(9)), 10);

    [Fact]
    public void Pictures_of_two_sizes_are_not_compared() => Assert.Throws<ArgumentException>(() => PeakSignalToNoise.Between(Grey(9), Pictures.Filled(2, 4, PictureColor.White)));
}
