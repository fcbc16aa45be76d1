using Mcdm.Imaging;

namespace Mcdm.Core.Tests.Evaluation;

/// <summary>Pictures whose levels are a formula.</summary>
internal static class DrawnLevels
{
    /// <summary>A grey picture.</summary>
    public static Picture Grey(int width, int height, Func<int, int, double> level)
    {
        double here = 0;
        return Colored(width, height, (x, y, channel) => here = channel == 0 ? level(x, y) : here);
    }

    /// <summary>A picture with a level for each channel.</summary>
    public static Picture Colored(int width, int height, Func<int, int, int, double> level)
    {
        var rgba = new byte[4 * width * height];
        for (int i = 0; i < rgba.Length; i++) { rgba[i] = i % 4 == 3 ? (byte)255 : (byte)Math.Clamp(Math.Round(level(i / 4 % width, i / 4 / width, i % 4)), 0, 255); }
        return new Picture(width, height, rgba);
    }

    /// <summary>Independent normal levels about mid-grey; rounding adds 1/12 to the variance.</summary>
    public static Picture Noise(int side, double deviation, int seed, bool grey = false)
    {
        var random = new Random(seed);
        double Next() => 128 + deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return grey ? Grey(side, side, (_, _) => Next()) : Colored(side, side, (_, _, _) => Next());
    }

    /// <summary>Each pixel as a square of pixels.</summary>
    public static Picture Enlarged(Picture picture, int factor) => Colored(factor * picture.Width, factor * picture.Height,
        (x, y, channel) => picture.Rgba[4 * (y / factor * picture.Width + x / factor) + channel]);
}
