using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>What a network that fills holes is shown of a picture: where the hole is, and what is around it.</summary>
/// <param name="Mask">1 where something new is drawn and 0 elsewhere, float32 [1, 1, height, width].</param>
/// <param name="Masked">Latents of the picture with a grey hole, float32 [1, channels, height, width].</param>
internal sealed record Hole(Tensor Mask, Tensor Masked) : IDisposable
{
    private const double Half = 0.5;

    /// <summary>The hole of a picture: what a mask covers by half or more is grey; a latent is in the hole if the pixel at its top left is.</summary>
    /// <param name="codec">The model's autoencoder.</param>
    /// <param name="pixels">The picture, −1…1, [1, 3, height, width].</param>
    /// <param name="mask">0…1, [1, 1, height, width]; null where all of it is drawn anew.</param>
    public static Hole Of(LatentCodec codec, Tensor pixels, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var drawn = (mask is null ? ones_like(pixels.narrow(1, 0, 1)) : mask.ge(Half)).to(ScalarType.Float32);
        var masked = codec.Encode(pixels * (1 - drawn));
        var places = drawn.slice(2, 0, drawn.shape[2], codec.Factor).slice(3, 0, drawn.shape[3], codec.Factor).contiguous();
        return new(places.DetachFromDisposeScope(), masked.DetachFromDisposeScope());
    }

    /// <summary>Both as further channels of what a network reads, the mask first, [1, 1 + channels, height, width].</summary>
    public Tensor Channels() => cat([Mask, Masked], 1);

    /// <summary>Frees their memory.</summary>
    public void Dispose()
    {
        Mask.Dispose();
        Masked.Dispose();
    }
}
