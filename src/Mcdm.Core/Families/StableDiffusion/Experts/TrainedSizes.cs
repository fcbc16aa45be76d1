using Mcdm.Experts;
using Mcdm.Imaging;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// The sizes of pictures that Stable Diffusion XL learnt from: about as many pixels as a square of its usual side, sides that 64 divides, up to four times as
/// wide as high (Podell et al. 2023, appendix I).
/// </summary>
internal static class TrainedSizes
{
    private const int Step = 64;

    /// <summary>The least of the published sizes has this share of the square's pixels.</summary>
    private const double LeastShare = 0.88;

    /// <summary>What to know of pictures of another size, in a sentence; null for one of these.</summary>
    /// <param name="space">The space at the size.</param>
    /// <param name="usual">The space at the usual size.</param>
    public static string? Hint(LatentSpace space, LatentSpace usual)
    {
        double all = (double)usual.PictureWidth * usual.PictureHeight, share = (double)space.PictureWidth * space.PictureHeight / all;
        if (space.PictureWidth % Step == 0 && space.PictureHeight % Step == 0 && share is >= LeastShare and <= 1) { return null; }
        // The nearest in shape.
        double shape = (double)space.PictureWidth / space.PictureHeight;
        int least = Math.Max(Step, usual.PictureWidth / 2), count = Math.Max(1, (2 * usual.PictureWidth - least) / Step + 1);
        var nearest = Enumerable.Range(0, count).Select(i => least + i * Step)
            .Select(width => new PictureSize(width, Math.Max(Step, (int)(all / width) / Step * Step)))
            .MinBy(size => Math.Abs(Math.Log(shape * size.Height / size.Width)))!;
        return $"The model learnt from pictures of about {usual.PictureWidth}×{usual.PictureHeight} pixels, with sides that {Step} divides; "
            + $"{space.PictureWidth}×{space.PictureHeight} is none of their sizes, and {nearest} is the nearest in shape.";
    }
}
