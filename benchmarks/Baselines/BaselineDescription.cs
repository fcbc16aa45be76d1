using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>What <c>baseline.json</c> of a baseline's folder says.</summary>
/// <typeparam name="TShape">Shape of its network.</typeparam>
internal sealed record BaselineDescription<TShape>
{
    public required string Format { get; init; }

    /// <summary>Side of the square pictures in pixels.</summary>
    public required int ImageSize { get; init; }

    public required TShape Network { get; init; }

    /// <summary>What its network predicts of a noisy picture; null for one that takes no steps.</summary>
    public PredictionKind? Prediction { get; init; }

    /// <summary>The space in which it takes steps, whose autoencoder lies in the same folder; null for pixels.</summary>
    public LatentSpace? Space { get; init; }

    public required IReadOnlyList<Part> Parts { get; init; }
    public required IReadOnlyList<string> Vocabulary { get; init; }

    /// <summary>SHA-256 of the weights file, hexadecimal.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>How it was trained, for people to read.</summary>
    public TrainingSummary? Training { get; init; }
}

/// <summary>The folder in which a baseline lives: <c>baseline.json</c> and <c>baseline.safetensors</c>.</summary>
/// <typeparam name="TShape">Shape of its network.</typeparam>
/// <param name="format">The description's format.</param>
internal sealed class BaselinePack<TShape>(string format)
{
    private const string WeightsFile = "baseline.safetensors";
    private readonly PackFolder _pack = new("baseline", "baseline.json", format);

    public string Format => format;

    /// <summary>Reads a baseline.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="make">Makes the network of a shape, its weights yet to be filled in.</param>
    /// <param name="precision">The arithmetic it computes in.</param>
    /// <exception cref="McdmException">A file is missing, truncated, tampered with or does not fit the network described.</exception>
    public (BaselineDescription<TShape> Description, T Network) Read<T>(string folder, Func<BaselineDescription<TShape>, T> make, ScalarType precision) where T : nn.Module
    {
        Runtime.Engine.Start();
        var description = _pack.ReadDescription<BaselineDescription<TShape>>(folder, baseline => Part.Problem(baseline.Parts));
        return (description, _pack.ReadNetwork(folder, WeightsFile, description.Sha256, () => make(description), CPU, precision));
    }

    /// <summary>Writes a baseline; every file appears whole or not at all, and the description last.</summary>
    public void Write(string folder, BaselineDescription<TShape> description, IEnumerable<(string Name, Tensor Tensor)> weights) => _pack.Written(folder, files =>
    {
        string hash = PackFolder.WriteWeights(files.For(Path.Combine(folder, WeightsFile)), weights);
        _pack.WriteDescription(files, folder, description with { Sha256 = hash });
    });
}
