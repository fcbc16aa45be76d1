using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What adds a picture to a U-Net, on disk: a ControlNet, an IP-Adapter, a T2I-Adapter.</summary>
/// <param name="Name">What its expert is called.</param>
/// <param name="Path">Where it lies.</param>
internal abstract record AdditionFiles(string Name, string Path) : IDisposable
{
    /// <summary>What it is, such as ControlNet.</summary>
    public abstract string Kind { get; }

    /// <summary>Where the model lies that it came with, whose it is; null for one by itself.</summary>
    public string? Home { get; init; }

    /// <summary>What its files say and is not used, in a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was found on reading it, in a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What it is read from.</summary>
    public required IDisposable Owned { get; init; }

    /// <summary>The error that it does not belong to a model's U-Net; null where it may.</summary>
    public virtual McdmException? Mismatch(LatentDiffusionFiles model) => Problem(model) is not { } problem ? null
        : Refused("Mismatch", $"The {Kind} '{Path}' belongs to another U-Net than that of '{model.Path}': {problem}.");

    /// <summary>Why it does not belong to a model's U-Net, in a clause; null where it may.</summary>
    private protected abstract string? Problem(LatentDiffusionFiles model);

    /// <summary>Reads the network.</summary>
    /// <param name="host">The model that it goes with.</param>
    /// <returns>What adds pictures, mostly one, and what tells its weights from others'.</returns>
    /// <exception cref="McdmException">A tensor is missing, is left over or has another shape.</exception>
    public abstract IReadOnlyList<(UNetAddition Addition, string Fingerprint)> Open(AdditionHost host);

    /// <summary>An error whose id begins with what it is.</summary>
    public McdmException Refused(string id, string message) => new(Kind.Replace("-", "", StringComparison.Ordinal) + id, ErrorKind.InvalidArgument, message);

    /// <summary>Closes the file.</summary>
    public virtual void Dispose() => Owned.Dispose();
}

/// <summary>The model that additions are read for.</summary>
/// <param name="Model">Its files.</param>
/// <param name="Lifetime">Keeps the weights.</param>
/// <param name="Device">Where networks compute.</param>
/// <param name="Type">What they compute in.</param>
/// <param name="Storage">How weights lie in memory.</param>
internal sealed record AdditionHost(LatentDiffusionFiles Model, SharedLifetime Lifetime, Device Device, ScalarType Type,
    WeightStorage Storage = WeightStorage.Computed)
{
    private readonly Dictionary<string, OffloadableNetwork<ClipVisionModel>> _encoders = new(StringComparer.Ordinal);

    /// <summary>Weights that live as long as the model.</summary>
    public FrozenWeights Read(IWeights weights) => Lifetime.With(new FrozenWeights(weights, Device, Type, Storage));

    /// <summary>Whether what conditions are encoded with leaves memory between runs.</summary>
    public bool Offload { get; init; }

    /// <summary>Weights of an encoder, which live as long as the model and may leave memory in between.</summary>
    /// <param name="weights">Where they are read from.</param>
    /// <param name="again">Opens the same once more.</param>
    public OffloadableWeights Read(IWeights weights, WeightsAgain again) =>
        Lifetime.With(new OffloadableWeights(weights, source => new(source, Device, Type, Storage), Offload ? again.Open : null));

    /// <summary>A picture encoder, which all that read by it share.</summary>
    public OffloadableNetwork<ClipVisionModel> Encoder(ImageEncoderFiles files)
    {
        if (!_encoders.TryGetValue(files.Path, out var encoder))
        {
            _encoders[files.Path] = encoder = new(Read(files.Weights, files.Again), weights => new(weights, files.Options));
        }
        return encoder;
    }
}
