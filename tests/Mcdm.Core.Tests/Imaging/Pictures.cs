using Mcdm.Imaging;

namespace Mcdm.Core.Tests.Imaging;

/// <summary>Pictures that tests begin with.</summary>
internal static class Pictures
{
    public static PictureColor Black { get; } = new(0, 0, 0);

    /// <summary>A picture of one opaque colour.</summary>
    public static Picture Filled(int width, int height, PictureColor color)
    {
        var rgba = new byte[4 * width * height];
        for (int i = 0; i < rgba.Length; i += 4) { (rgba[i], rgba[i + 1], rgba[i + 2], rgba[i + 3]) = (color.Red, color.Green, color.Blue, 255); }
        return new Picture(width, height, rgba);
    }
}
