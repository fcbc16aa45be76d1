using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>Stable Diffusion's autoencoder as a codec: latents are the mean of its encoding, less a shift, times a scaling factor.</summary>
internal sealed class KLCodec : LatentCodec
{
    /// <summary>Tensors of the decoder's finest level that are alive at once.</summary>
    private const int LiveTensors = 4;

    private readonly AutoencoderKL _network;
    private readonly Device _device;
    private readonly IDisposable _weights;
    private readonly Lazy<LinearPreview> _preview;

    /// <param name="name">What it is called.</param>
    /// <param name="identity">What its latents mean.</param>
    /// <param name="network">The network.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="weights">What the network borrows; disposed of with the codec.</param>
    public KLCodec(string name, string identity, AutoencoderKL network, Device device, IDisposable weights) : base(name, identity)
    {
        (_network, _device, _weights) = (network, device, weights);
        _preview = new(() => LinearPreview.Fit(ToLatents, Factor, _device));
    }

    private AutoencoderKLOptions Options => _network.Options;

    /// <inheritdoc/>
    public override int Factor => Options.Factor;

    /// <inheritdoc/>
    public override int Channels => Options.LatentChannels;

    /// <inheritdoc/>
    public override Device Device => _device;

    private protected override Tensor ToLatents(Tensor pictures)
    {
        using var scope = NewDisposeScope();
        return ((_network.Encode(pictures).Mean - Options.ShiftFactor) * Options.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>One after the other: decoding is the peak of memory.</summary>
    private protected override Tensor ToPictures(Tensor latents) =>
        cat(Enumerable.Range(0, (int)latents.shape[0])
            .Select(row => _network.Decode(latents.narrow(0, row, 1) / Options.ScalingFactor + Options.ShiftFactor)).ToArray());

    private protected override Tensor ToPreview(Tensor latents) => _preview.Value.Show(latents);

    internal override long BytesPerPicture(LatentSpace space) =>
        (long)space.PictureHeight * space.PictureWidth * Options.BlockOutChannels[0] * sizeof(float) * LiveTensors;

    private protected override void Release()
    {
        if (_preview.IsValueCreated) { _preview.Value.Dispose(); }
        _weights.Dispose();
    }
}
