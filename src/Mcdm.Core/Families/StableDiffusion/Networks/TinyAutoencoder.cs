using Mcdm.Layers.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>
/// A tiny autoencoder of a large one's latent space (TAESD and its kin, Ollin Boer Bohan): each half is a file of its own, and works alone. Latents are
/// those of the large one
/// after its scaling factor, pictures 0…1. Borrows its weights.
/// </summary>
internal sealed class TinyAutoencoder
{
    private readonly TinyCoder? _encoder, _decoder;

    /// <param name="encoder">The encoder's weights; null where only decoding is wanted. They stay the caller's.</param>
    /// <param name="decoder">The decoder's weights; null where only encoding is wanted.</param>
    /// <exception cref="McdmException">A tensor is missing, has another shape, or has no place; or the halves do not belong together.</exception>
    public TinyAutoencoder(FrozenWeights? encoder, FrozenWeights? decoder)
    {
        if (encoder is not null) { _encoder = new TinyCoder(encoder, decodes: false); }
        if (decoder is not null) { _decoder = new TinyCoder(decoder, decodes: true); }
        if (_encoder is { } from && _decoder is { } to && (from.Output != to.Input || from.Factor != to.Factor))
        {
            throw new McdmException("TinyHalves", ErrorKind.InvalidData,
                $"The encoder makes {from.Output} channels at 1/{from.Factor} of the size, but the decoder takes {to.Input} at 1/{to.Factor}; they are "
                    + "halves of different autoencoders.");
        }
    }

    /// <summary>Channels of the latent space.</summary>
    public long LatentChannels => _decoder?.Input ?? _encoder!.Output;

    /// <summary>Pixels to one place of the latent space, on each side.</summary>
    public int Factor => (_decoder ?? _encoder!).Factor;

    /// <param name="picture">0…1, [batch, 3, height, width]; sides divisible by <see cref="Factor"/>.</param>
    /// <returns>float32 [batch, channels, height / factor, width / factor]</returns>
    public Tensor Encode(Tensor picture) => (_encoder ?? throw Missing("encoder")).Forward(picture);

    /// <param name="latents">[batch, channels, height, width]; what is far from zero is pulled in, as it was in training.</param>
    /// <returns>About 0…1 and not clipped, float32 [batch, 3, height × factor, width × factor].</returns>
    public Tensor Decode(Tensor latents) => (_decoder ?? throw Missing("decoder")).Forward(latents);

    private static McdmException Missing(string half) =>
        new("TinyHalfMissing", ErrorKind.NotFound, $"This tiny autoencoder has no {half}; give the file of its {half} too.");
}
