using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>A model's codec whose pictures another decoder makes; the model's own encoder stays.</summary>
/// <param name="inner">The model's own; disposed of with this one.</param>
/// <param name="decoder">The decoder, of the same latents; disposed of with this one.</param>
internal sealed class DecodedCodec(LatentCodec inner, ILatentDecoder decoder) : LatentCodec(inner.Name, inner.Identity)
{
    /// <inheritdoc/>
    public override int Factor => inner.Factor;

    /// <inheritdoc/>
    public override int Channels => inner.Channels;

    /// <inheritdoc/>
    public override Device Device => inner.Device;

    private protected override Tensor ToLatents(Tensor pictures) => inner.Encode(pictures);

    private protected override Tensor ToPictures(Tensor latents) => decoder.Decode(latents);

    private protected override Tensor ToPreview(Tensor latents) => decoder.Preview(latents, inner.Preview) ?? decoder.Decode(latents);

    internal override long BytesPerPicture(LatentSpace space) => decoder.BytesPerPicture(space);

    private protected override void Release()
    {
        inner.Dispose();
        decoder.Dispose();
    }
}
