using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Layers.Frozen;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.PixelDdpm;

/// <summary>ε_u of pictures by a U-Net of diffusers.</summary>
internal sealed class PixelExpert : Expert
{
    private readonly UNet2DModel _network;
    private readonly FrozenWeights _weights;
    private readonly PixelDenoiser _denoiser;

    /// <param name="space">Its pictures.</param>
    /// <param name="prediction">What the network predicts.</param>
    /// <param name="network">The network.</param>
    /// <param name="weights">What the network borrows; disposed of with the expert.</param>
    public PixelExpert(LatentSpace space, PredictionKind prediction, UNet2DModel network, FrozenWeights weights) : base(NameOf(null), space, prediction) =>
        (_network, _weights, _denoiser) = (network, weights, new PixelDenoiser(network));

    /// <inheritdoc/>
    public override Modality? Modality => null;

    internal override IEnumerable<(object Network, long Parameters)> Networks => [(_network, _weights.Parameters)];

    /// <inheritdoc/>
    public override Device Device => _weights.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => _weights.Type;

    /// <inheritdoc/>
    public override IDenoiser Denoiser => _denoiser;

    private protected override EncodedInputs Encode(Condition condition, LatentSpace space, Action<string>? note) =>
        throw new McdmException("ExpertIsUnconditional", ErrorKind.InvalidArgument,
            $"The unconditional expert takes no condition, so {condition} cannot be given to it.");

    internal override long BytesPerPicture(LatentSpace space) => LiveBytes((long)space.Height * space.Width, _network.Options.BlockOutChannels[0]);

    private protected override void Release() => _weights.Dispose();
}
