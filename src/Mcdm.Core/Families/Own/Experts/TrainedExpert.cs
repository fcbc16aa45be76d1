using System.Collections.Concurrent;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Families.Own.Packed;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Experts;

/// <summary>An expert that Mcdm trained: a U-Net of ours.</summary>
public sealed class TrainedExpert : Expert
{
    /// <summary>Encoders for other sizes than its own.</summary>
    private readonly ConcurrentDictionary<(int Width, int Height), ConditionEncoder> _sized = new();

    internal TrainedExpert(UNet network, UNetOptions options, LatentSpace space, PredictionKind prediction, ConditionEncoder? encoder, string? name = null)
        : base(name ?? NameOf(encoder?.Modality), space, prediction)
    {
        (_network, Options, Encoder) = (network, options, encoder);
        _parameters = network.parameters().Sum(parameter => parameter.numel());
        _form = new(() =>
        {
            if (PackedUNet.TryCreate(network, options) is not { } packed) { return new PlainUNet(network); }
            packed.ReleasePacked();
            return packed;
        });
    }

    /// <summary>How the network is evaluated, chosen when it is first: training never does.</summary>
    private readonly Lazy<IUNetForm> _form;

    /// <summary>Why its network was evaluated layer by layer and not in the packed form, which is faster, as a clause; null where it was not, or not yet evaluated.</summary>
    public string? PlainBecause => _form.IsValueCreated && _form.Value is PlainUNet ? PackedUNet.Obstacle(_network) : null;

    private readonly UNet _network;
    private readonly long _parameters;

    internal UNet Network => _form.IsValueCreated ? _form.Value.Whole() : _network;

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

    private protected override EncodedCondition Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        if (Encoder is null)
        {
            throw new McdmException("ExpertIsUnconditional", ErrorKind.InvalidArgument, $"The unconditional expert takes no condition, so {condition} cannot be given to it.");
        }
        var encoder = space == Space ? Encoder : _sized.GetOrAdd((space.PictureWidth, space.PictureHeight), size => Encoder.Modality.CreateEncoder(Encoder.Data, size.Width, size.Height));
        var encoded = encoder.Encode(condition, note);
        using (encoded.Tensors) { return encoded with { Tensors = new ConditionTensors(_form.Value.Read(encoded.Tensors.First.to(_network.Device))) }; }
    }

    private protected override Tensor PredictByNetwork(Tensor z, NoiseLevel level, ConditionTensors? condition) =>
        _form.Value.Predict(z, level.Whole, condition?.All);

    private protected override void RequireSize(LatentSpace space)
    {
        int multiple = Options.PatchSize << (Options.Channels.Count - 1);
        if (space.Width % multiple != 0 || space.Height % multiple != 0)
        {
            throw new McdmException("SizeIndivisible", ErrorKind.InvalidArgument,
                $"Pictures of {space.PictureWidth}×{space.PictureHeight} pixels cannot be halved as often as the {Name} expert's network needs; give multiples of {multiple * Space.Factor}.");
        }
    }

    internal override long BytesPerPicture(LatentSpace space) =>
        LiveBytes((long)space.Height * space.Width / (Options.PatchSize * Options.PatchSize), Options.Channels[0]);

    private protected override void Release()
    {
        if (_form.IsValueCreated) { _form.Value.Dispose(); }
        _network.Dispose();
    }
}
