using Mcdm.Imaging;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// What a picture is to look cut out of, for networks that learnt from pictures of many sizes, cut to theirs, and were told of it (Podell et al. 2023,
/// section 2.2): one for the whole picture, whatever is composed in it.
/// </summary>
public sealed record PictureFrame
{
    /// <summary>Size of the original picture; null for that of the picture itself. Small ones give coarse pictures.</summary>
    public PictureSize? Original { get; init; }

    /// <summary>Pixels that were cut off at the left. Others than 0 give pictures that look cut.</summary>
    public int Left { get; init; }

    /// <summary>Pixels that were cut off at the top.</summary>
    public int Top { get; init; }

    /// <summary>Size that networks are told is wanted; null for the picture's own, which is what it means.</summary>
    internal PictureSize? Wanted { get; init; }

    /// <summary>As networks read it: original height and width, top, left, and the picture's height and width; float32 [1, 6].</summary>
    /// <param name="space">The space at the picture's size.</param>
    internal Tensor Sizes(LatentSpace space)
    {
        var own = new PictureSize(space.PictureWidth, space.PictureHeight);
        var (original, wanted) = (Original ?? own, Wanted ?? own);
        return tensor(new float[] { original.Height, original.Width, Top, Left, wanted.Height, wanted.Width }).unsqueeze(0);
    }
}
