using System.Collections.Concurrent;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Modalities;
using Mcdm.Networks;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>An expert that Mcdm trained: a U-Net of ours.</summary>
public sealed class TrainedExpert : Expert
{
    /// <summary>Tensors as large as the network's first level that one picture keeps alive at once, about.</summary>
    private const int LiveTensors = 24;

    /// <summary>Encoders for other sizes than its own.</summary>
    private readonly ConcurrentDictionary<(int Width, int Height), ConditionEncoder> _sized = new();

    internal TrainedExpert(UNet network, UNetOptions options, LatentSpace space, PredictionKind prediction, ConditionEncoder? encoder, string? name = null)
        : base(name ?? NameOf(encoder?.Modality), space, prediction) => (Network, Options, Encoder) = (network, options, encoder);

    internal UNet Network { get; }

    /// <summary>Shape of its network.</summary>
    public UNetOptions Options { get; }

    /// <summary>How conditions become tensors; null for the unconditional expert.</summary>
    public ConditionEncoder? Encoder { get; }

    /// <inheritdoc/>
    public override Modality? Modality => Encoder?.Modality;

    internal override IEnumerable<(object Network, long Parameters)> Networks => [(Network, Network.parameters().Sum(parameter => parameter.numel()))];

    /// <inheritdoc/>
    public override Device Device => Network.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => Network.Precision;

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
        return encoded with { Tensors = encoded.Tensors.Select(tensor => tensor.to(Network.Device)) };
    }

    private protected override Tensor PredictByNetwork(Tensor z, NoiseLevel level, ConditionTensors? condition) =>
        Network.Predict(z, full([z.shape[0]], level.Whole, dtype: ScalarType.Int64, device: z.device), condition?.First);

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
        (long)space.Height * space.Width / (Options.PatchSize * Options.PatchSize) * Options.Channels[0] * sizeof(float) * LiveTensors;

    private protected override void Release() => Network.Dispose();
}
