using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Networks;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>An expert that is a trained U-Net. Owns the network's native memory.</summary>
public sealed class Expert : IExpert, IDisposable
{
    private readonly SharedUse _use = new();

    internal Expert(UNet network, UNetOptions options, LatentSpace space, PredictionKind prediction, ConditionEncoder? encoder, string? name = null)
    {
        Name = name ?? NameOf(encoder?.Modality);
        Network = network;
        Options = options;
        Space = space;
        Prediction = prediction;
        Encoder = encoder;
    }

    internal UNet Network { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>What an expert of a modality is called unless it has a name of its own.</summary>
    public static string NameOf(Modality? modality) => modality?.ExpertName ?? "unconditional";

    /// <summary>Shape of its network.</summary>
    public UNetOptions Options { get; }

    /// <inheritdoc/>
    public LatentSpace Space { get; }

    /// <summary>Size of its pictures, unless another is asked for.</summary>
    public PictureSize Size => new(Space.PictureWidth, Space.PictureHeight);

    /// <summary>Steps that it was trained for; null where that is not known.</summary>
    public int? Steps => Training?.Steps;

    /// <summary>Pictures that it learnt from, counted anew each time; null where that is not known.</summary>
    public long? PicturesSeen => Training?.PicturesSeen;

    /// <summary>Its loss at the end of training; null where that is not known.</summary>
    public double? Loss => Training?.Loss;

    /// <summary>Number of trainable parameters.</summary>
    public long Parameters => Network.parameters().Sum(parameter => parameter.numel());

    /// <summary>How it was trained; null where that is not known.</summary>
    public TrainingSummary? Training { get; init; }

    /// <summary>SHA-256 of the file that its weights were read from, hexadecimal; null for one that was made in memory.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What its network predicts.</summary>
    public PredictionKind Prediction { get; }

    /// <summary>How conditions become tensors; null for the unconditional expert.</summary>
    public ConditionEncoder? Encoder { get; }

    /// <inheritdoc/>
    public Modality? Modality => Encoder?.Modality;

    /// <inheritdoc/>
    public EncodedCondition Encode(Condition condition, Action<string>? note = null)
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
        return encoded with { Tensor = encoded.Tensor.to(Network.Device) };
    }

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, Tensor? condition)
    {
        using var use = _use.Enter(() => $"The {Name} expert's model");
        using var scope = NewDisposeScope();
        var times = full([z.shape[0]], level.Whole, dtype: ScalarType.Int64, device: z.device);
        var prediction = Network.Predict(z, times, condition).to(ScalarType.Float32);
        return GaussianProcess.Convert(Prediction, Space.Prediction, prediction, z, level.AlphaBar).MoveToOuterDisposeScope();
    }

    /// <summary>The same expert for pictures of another size; it shares the network, and lives as long.</summary>
    /// <param name="width">Columns of the pictures.</param>
    /// <param name="height">Rows of the pictures.</param>
    /// <exception cref="McdmException"><c>SizeIndivisible</c>: the space or the network does not allow the size.</exception>
    public IExpert At(int width, int height)
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

    /// <summary>An expert at another size than it was trained at.</summary>
    private sealed class SizedExpert(Expert expert, LatentSpace space, ConditionEncoder? encoder) : IExpert
    {
        public string Name => expert.Name;

        public Modality? Modality => expert.Modality;

        public LatentSpace Space => space;

        public EncodedCondition Encode(Condition condition, Action<string>? note = null) => encoder is null ? expert.Encode(condition, note) : expert.Encode(encoder, condition, note);

        public Tensor Predict(Tensor z, NoiseLevel level, Tensor? condition) => expert.Predict(z, level, condition);
    }

    /// <summary>Gives the network's memory back, once no thread evaluates it.</summary>
    public void Dispose() => _use.End(Network.Dispose);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
