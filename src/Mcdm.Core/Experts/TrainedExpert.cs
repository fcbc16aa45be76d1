using Mcdm.Diffusion.Process;
using Mcdm.Modalities;
using Mcdm.Networks;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>An expert that Mcdm trained: a U-Net of ours.</summary>
public sealed class TrainedExpert : Expert
{
    /// <summary>Tensors as large as the network's first level that one picture keeps alive at once, about.</summary>
    private const int LiveTensors = 24;

    internal TrainedExpert(UNet network, UNetOptions options, LatentSpace space, PredictionKind prediction, ConditionEncoder? encoder, string? name = null)
        : base(name ?? NameOf(encoder?.Modality), space, prediction) => (Network, Options, Encoder) = (network, options, encoder);

    internal UNet Network { get; }

    /// <summary>Shape of its network.</summary>
    public UNetOptions Options { get; }

    /// <summary>How conditions become tensors; null for the unconditional expert.</summary>
    public ConditionEncoder? Encoder { get; }

    /// <inheritdoc/>
    public override Modality? Modality => Encoder?.Modality;

    /// <inheritdoc/>
    public override long Parameters => Network.parameters().Sum(parameter => parameter.numel());

    /// <inheritdoc/>
    public override Device Device => Network.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => Network.Precision;

    /// <inheritdoc/>
    public override IReadOnlyList<Part>? Parts => Encoder?.Data.Parts;

    /// <inheritdoc/>
    public override EncodedCondition Encode(Condition condition, Action<string>? note = null)
    {
        if (Encoder is null)
        {
            throw new McdmException("ExpertIsUnconditional", ErrorKind.InvalidArgument, $"The unconditional expert takes no condition, so {condition} cannot be given to it.");
        }
        return Encode(Encoder, condition, note);
    }

    private EncodedCondition Encode(ConditionEncoder encoder, Condition condition, Action<string>? note)
    {
        var encoded = encoder.Encode(condition, note);
        return encoded with { Tensors = encoded.Tensors.Select(tensor => tensor.to(Network.Device)) };
    }

    private protected override Tensor Predict(Tensor z, int t, ConditionTensors? condition) =>
        Network.Predict(z, full([z.shape[0]], t, dtype: ScalarType.Int64, device: z.device), condition?.First);

    /// <inheritdoc/>
    public override IExpert At(int width, int height)
    {
        var space = Space.At(width, height);
        if (space == Space) { return this; }
        int multiple = Options.PatchSize << (Options.Channels.Count - 1);
        if (space.Width % multiple != 0 || space.Height % multiple != 0)
        {
            throw new McdmException("SizeIndivisible", ErrorKind.InvalidArgument,
                $"Pictures of {width}×{height} pixels cannot be halved as often as the {Name} expert's network needs; give multiples of {multiple * Space.Factor}.");
        }
        return new SizedExpert(this, space, Encoder is null ? null : Encoder.Modality.CreateEncoder(Encoder.Data, width, height));
    }

    internal override long BytesPerPicture(LatentSpace space) =>
        (long)space.Height * space.Width / (Options.PatchSize * Options.PatchSize) * Options.Channels[0] * sizeof(float) * LiveTensors;

    private protected override void Release() => Network.Dispose();

    /// <summary>An expert at another size than it was trained at.</summary>
    private sealed class SizedExpert(TrainedExpert expert, LatentSpace space, ConditionEncoder? encoder) : IExpert
    {
        public string Name => expert.Name;

        public Modality? Modality => expert.Modality;

        public LatentSpace Space => space;

        public EncodedCondition Encode(Condition condition, Action<string>? note = null) => encoder is null ? expert.Encode(condition, note) : expert.Encode(encoder, condition, note);

        public Tensor PredictNoise(Tensor z, int t, ConditionTensors? condition) => expert.PredictNoise(z, t, condition);
    }
}
