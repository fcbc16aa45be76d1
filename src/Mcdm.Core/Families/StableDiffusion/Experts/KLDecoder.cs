using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>The decoder of another autoencoder of the same latents, such as one that was trained further (vae-ft-mse).</summary>
/// <param name="network">The autoencoder.</param>
/// <param name="scale">By what the model multiplies latents.</param>
/// <param name="shift">What the model takes off before.</param>
/// <param name="weights">What the network borrows; disposed of with this.</param>
internal sealed class KLDecoder(AutoencoderKL network, double scale, double shift, IDisposable weights) : ILatentDecoder
{
    /// <summary>Tensors of the finest level that are alive at once.</summary>
    private const int LiveTensors = 4;

    /// <inheritdoc/>
    public long Channels => network.Options.LatentChannels;

    /// <inheritdoc/>
    public int Factor => network.Options.Factor;

    /// <summary>One after the other: decoding is the peak of memory.</summary>
    public Tensor Decode(Tensor latents) => cat(Enumerable.Range(0, (int)latents.shape[0])
        .Select(row => network.Decode(latents.narrow(0, row, 1) / scale + shift)).ToArray());

    /// <summary>What the model's own gives: both show the same latents, and it is rough.</summary>
    public Tensor? Preview(Tensor latents, Func<Tensor, Tensor> own) => own(latents);

    /// <inheritdoc/>
    public long BytesPerPicture(LatentSpace space) =>
        (long)space.PictureHeight * space.PictureWidth * network.Options.BlockOutChannels[0] * sizeof(float) * LiveTensors;

    /// <inheritdoc/>
    public void Dispose() => weights.Dispose();
}
