using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>A tiny autoencoder's decoder (TAESD and its kin): a hundred times sooner than a large one, a little less exact.</summary>
/// <param name="network">The network.</param>
/// <param name="weights">What it borrows; disposed of with this.</param>
internal sealed class TinyDecoder(TinyAutoencoder network, IDisposable weights) : ILatentDecoder
{
    /// <summary>Channels of all its layers.</summary>
    private const int Width = 64;

    /// <summary>Tensors of the picture's size that are alive at once.</summary>
    private const int LiveTensors = 4;

    /// <inheritdoc/>
    public long Channels => network.LatentChannels;

    /// <inheritdoc/>
    public int Factor => network.Factor;

    /// <inheritdoc/>
    public Tensor Decode(Tensor latents) => network.Decode(latents) * 2 - 1;

    /// <inheritdoc/>
    public Tensor? Preview(Tensor latents, Func<Tensor, Tensor> own) => null;

    /// <inheritdoc/>
    public long BytesPerPicture(LatentSpace space) => (long)space.PictureHeight * space.PictureWidth * Width * sizeof(float) * LiveTensors;

    /// <inheritdoc/>
    public void Dispose() => weights.Dispose();
}
