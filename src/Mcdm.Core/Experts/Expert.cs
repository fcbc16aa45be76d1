using Mcdm.Formats;
using Mcdm.Modalities;
using Mcdm.Networks;
using Mcdm.Sampling;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>What an expert's network was trained to predict.</summary>
public enum PredictionKind
{
    /// <summary>The noise ε (Ho et al. 2020).</summary>
    Noise,

    /// <summary>v = √ᾱ ε − √(1−ᾱ) z_0 (Salimans and Ho 2022).</summary>
    Velocity,

    /// <summary>The picture (or latents) z_0.</summary>
    Sample,
}

/// <summary>An expert that is a trained U-Net. Owns the network's native memory.</summary>
public sealed class Expert : IExpert, IDisposable
{
    private readonly SharedUse _use = new();
    private readonly NoiseSchedule _schedule;

    internal Expert(UNet network, UNetOptions options, LatentSpace space, PredictionKind prediction, ConditionEncoder? encoder)
    {
        Network = network;
        Options = options;
        Space = space;
        Prediction = prediction;
        Encoder = encoder;
        _schedule = NoiseSchedule.Create(space.Schedule, space.Steps);
    }

    internal UNet Network { get; }

    /// <summary>What it is called: its modality, or "unconditional".</summary>
    public string Name => Model.NameOf(Modality);

    /// <summary>Shape of its network.</summary>
    public UNetOptions Options { get; }

    /// <inheritdoc/>
    public LatentSpace Space { get; }

    /// <summary>Trained numbers.</summary>
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
    public Tensor Encode(Condition condition, Action<string>? note = null)
    {
        if (Encoder is null)
        {
            throw new McdmException("ExpertIsUnconditional", ErrorKind.InvalidArgument, $"The unconditional expert takes no condition, so {condition} cannot be given to it.");
        }
        return Encoder.Encode(condition, note).to(Network.Device);
    }

    /// <inheritdoc/>
    public Tensor PredictNoise(Tensor z, int t, Tensor? condition)
    {
        using var use = _use.Enter(() => $"The {Name} expert's model");
        using var scope = NewDisposeScope();
        var times = full([z.shape[0]], t, dtype: ScalarType.Int64, device: z.device);
        var prediction = Network.Predict(z, times, Encoder?.Modality, condition).to(ScalarType.Float32);
        return GaussianProcess.Noise(Prediction, prediction, z, _schedule.AlphaBar(t)).MoveToOuterDisposeScope();
    }

    /// <summary>Gives the network's memory back, once no thread evaluates it.</summary>
    public void Dispose() => _use.End(Network.Dispose);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
