using Mcdm.Imaging;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Layers.Clip;

/// <summary>Pictures as CLIP's encoder reads them: each channel less its mean in CLIP's training, divided by its deviation.</summary>
internal static class ClipPixels
{
    private static readonly float[] s_mean = [0.48145466f, 0.4578275f, 0.40821073f], s_deviation = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <param name="picture">An opaque picture of the encoder's size.</param>
    /// <returns>float32 [1, 3, height, width]</returns>
    public static Tensor Of(Picture picture)
    {
        using var scope = NewDisposeScope();
        var pixels = (PictureTensor.ToTensor(picture) + 1) / 2;
        return ((pixels - tensor(s_mean, [3, 1, 1])) / tensor(s_deviation, [3, 1, 1])).unsqueeze(0).MoveToOuterDisposeScope();
    }
}
