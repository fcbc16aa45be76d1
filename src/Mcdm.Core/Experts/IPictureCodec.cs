using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>What a space's z_0 shows, and back: an autoencoder, or nothing at all where z_0 is the picture.</summary>
public interface IPictureCodec
{
    /// <summary>Pictures to z_0.</summary>
    /// <param name="pictures">Pictures in −1…1, [batch, 3, height, width].</param>
    /// <returns>z_0, float32 [batch, channels, height / factor, width / factor]; the caller owns it.</returns>
    Tensor Encode(Tensor pictures);

    /// <summary>z_0 to pictures.</summary>
    /// <param name="latents">z_0, [batch, channels, height, width].</param>
    /// <returns>Pictures, float32 [batch, 3, height × factor, width × factor]; the caller owns them.</returns>
    Tensor Decode(Tensor latents);
}

/// <summary>A space of pixels: its z_0 is the picture.</summary>
public sealed class PixelCodec : IPictureCodec
{
    private PixelCodec()
    {
    }

    /// <summary>The only one.</summary>
    public static PixelCodec Instance { get; } = new();

    /// <inheritdoc/>
    public Tensor Encode(Tensor pictures) => pictures.alias();

    /// <inheritdoc/>
    public Tensor Decode(Tensor latents) => latents.alias();
}
