using System.Collections.Concurrent;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Experts;

/// <summary>An expert that Mcdm trained: a U-Net of ours.</summary>
public sealed class TrainedExpert : Expert
{
    /// <summary>Encoders for other sizes than its own.</summary>
    private readonly ConcurrentDictionary<(int Width, int Height), ConditionEncoder> _sized = new();

    /// <param name="network">The network, which becomes the expert's.</param>
    /// <param name="options">Its shape.</param>
    /// <param name="space">The space it works in.</param>
    /// <param name="prediction">What it predicts.</param>
    /// <param name="encoder">How conditions become tensors; null for the unconditional expert.</param>
    /// <param name="name">What it is called; null for the name of its modality's.</param>
    /// <param name="denoiser">Chooses where the network is evaluated, when it is first: training never does. Null for layer by layer.</param>
    internal TrainedExpert(UNet network, UNetOptions options, LatentSpace space, PredictionKind prediction, ConditionEncoder? encoder, string? name = null,
        Func<UNet, UNetOptions, IDenoiser>? denoiser = null)
        : base(name ?? NameOf(encoder?.Modality), space, prediction)
    {
        (_network, Options, Encoder) = (network, options, encoder);
        _parameters = network.parameters().Sum(parameter => parameter.numel());
        _denoiser = new(() => denoiser?.Invoke(network, options) ?? new PlainUNet(network));
    }

    private readonly UNet _network;
    private readonly long _parameters;
    private readonly Lazy<IDenoiser> _denoiser;

    /// <inheritdoc/>
    public override IDenoiser Denoiser => _denoiser.Value;

    /// <summary>
    /// Why its network was evaluated layer by layer and not in the packed form, which is faster, as a clause; null where it was not, or not yet evaluated.
    /// </summary>
    public string? PlainBecause => _denoiser.IsValueCreated ? (_denoiser.Value as PlainUNet)?.Because : null;

    /// <summary>The network with all of its weights.</summary>
    internal UNet Network
    {
        get
        {
            if (_denoiser.IsValueCreated) { _denoiser.Value.Restore(); }
            return _network;
        }
    }

    /// <summary>Shape of its network.</summary>
    public UNetOptions Options { get; }

    /// <summary>How conditions become tensors; null for the unconditional expert.</summary>
    public ConditionEncoder? Encoder { get; }

    /// <inheritdoc/>
    public override Modality? Modality => Encoder?.Modality;

    internal override IEnumerable<(object Network, long Parameters)> Networks => [(_network, _parameters)];

    /// <inheritdoc/>
    public override Device Device => _network.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => _network.Precision;

    /// <inheritdoc/>
    public override IReadOnlyList<Part>? Parts => Encoder?.Data.Parts;

    private protected override EncodedInputs Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        if (Encoder is null)
        {
            throw new McdmException("ExpertIsUnconditional", ErrorKind.InvalidArgument,
                $"The unconditional expert takes no condition, so {condition} cannot be given to it.");
        }
        var encoder = space == Space ? Encoder
            : _sized.GetOrAdd((space.PictureWidth, space.PictureHeight), size => Encoder.Modality.CreateEncoder(Encoder.Data, size.Width, size.Height));
        using var scope = NewDisposeScope();
        var encoded = encoder.Encode(condition, note);
        var inputs = Denoiser.Prepare(UNetInputs.Of(encoder.Input, encoded.Tensor.to(Device)));
        return new(inputs.MoveToOuterDisposeScope(), encoded.Normal, encoded.Doubt);
    }

    private protected override void RequireSize(LatentSpace space)
    {
        int multiple = Options.PatchSize << (Options.Channels.Count - 1);
        if (space.Width % multiple != 0 || space.Height % multiple != 0)
        {
            throw new McdmException("SizeIndivisible", ErrorKind.InvalidArgument,
                $"Pictures of {space.PictureWidth}×{space.PictureHeight} pixels cannot be halved as often as the {Name} expert's network needs; give "
                    + $"multiples of {multiple * Space.Factor}.");
        }
    }

    internal override long BytesPerPicture(LatentSpace space) =>
        LiveBytes((long)space.Height * space.Width / (Options.PatchSize * Options.PatchSize), Options.Channels[0]);

    private protected override void Release()
    {
        if (_denoiser.IsValueCreated) { (_denoiser.Value as IDisposable)?.Dispose(); }
        _network.Dispose();
    }
}
