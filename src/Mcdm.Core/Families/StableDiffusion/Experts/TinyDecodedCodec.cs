using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>A codec whose pictures a tiny autoencoder decodes (TAESD and its kin): a hundred times sooner than the large one, a little less exact.</summary>
/// <param name="inner">The large one, which encodes; disposed of with this one.</param>
/// <param name="tiny">The tiny one, of the same latents.</param>
/// <param name="weights">What the tiny one borrows; disposed of with this one.</param>
internal sealed class TinyDecodedCodec(LatentCodec inner, TinyAutoencoder tiny, IDisposable weights) : LatentCodec(inner.Name, inner.Identity)
{
    /// <summary>Channels of all its layers.</summary>
    private const int Width = 64;

    /// <summary>Tensors of the picture's size that are alive at once.</summary>
    private const int LiveTensors = 4;

    /// <inheritdoc/>
    public override int Factor => inner.Factor;

    /// <inheritdoc/>
    public override int Channels => inner.Channels;

    /// <inheritdoc/>
    public override Device Device => inner.Device;

    private protected override Tensor ToLatents(Tensor pictures) => inner.Encode(pictures);

    private protected override Tensor ToPictures(Tensor latents) => tiny.Decode(latents) * 2 - 1;

    internal override long BytesPerPicture(LatentSpace space) => (long)space.PictureHeight * space.PictureWidth * Width * sizeof(float) * LiveTensors;

    private protected override void Release()
    {
        inner.Dispose();
        weights.Dispose();
    }
}
