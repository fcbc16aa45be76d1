namespace Mcdm.Imaging;

/// <summary>Compares pictures.</summary>
public static class PictureDifference
{
    /// <summary>How far two pictures of one size are apart at each pixel.</summary>
    /// <returns>Row by row, the mean of the absolute differences of red, green and blue, 0…1.</returns>
    public static double[] Of(Picture first, Picture second)
    {
        var difference = new double[first.Width * first.Height];
        for (int i = 0; i < difference.Length; i++)
        {
            int sum = 0;
            for (int channel = 0; channel < 3; channel++) { sum += Math.Abs(first.Rgba[4 * i + channel] - second.Rgba[4 * i + channel]); }
            difference[i] = sum / (3 * 255.0);
        }
        return difference;
    }
}
