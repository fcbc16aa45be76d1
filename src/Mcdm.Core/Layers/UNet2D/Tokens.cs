using static TorchSharp.torch;

namespace Mcdm.Layers.UNet2D;

/// <summary>A picture's places as a sequence, row by row, and back.</summary>
internal static class Tokens
{
    /// <param name="x">[batch, channels, height, width]</param>
    /// <returns>[batch, height × width, channels]</returns>
    public static Tensor Of(Tensor x) => x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, x.shape[1]);

    /// <param name="x">[batch, height × width, channels]</param>
    /// <param name="picture">Shape of the picture that the tokens are the places of.</param>
    /// <returns>[batch, channels, height, width]</returns>
    public static Tensor ToPicture(Tensor x, long[] picture) => x.reshape(picture[0], picture[2], picture[3], -1).permute(0, 3, 1, 2);
}
