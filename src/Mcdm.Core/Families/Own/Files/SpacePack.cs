using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Files;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Files;

/// <summary>A space on disk: <c>space.json</c> and <c>autoencoder.safetensors</c>, in a folder of its own or in that of a model made in it.</summary>
public static class SpacePack
{
    /// <summary>The file that makes a folder a space's.</summary>
    public const string DescriptionFile = "space.json";
    private const string WeightsFile = "autoencoder.safetensors";
    private static readonly PackFolder Pack = new("space", DescriptionFile, SpaceDescription.CurrentFormat);

    /// <summary>Names of the files of a space.</summary>
    internal static IReadOnlyList<string> Files => [WeightsFile, DescriptionFile];

    /// <summary>Reads a space's autoencoder.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="device">Where its network computes.</param>
    /// <exception cref="McdmException">A file is missing, truncated, tampered with or does not fit the network described.</exception>
    public static TrainedCodec Read(string folder, Device? device = null)
    {
        Runtime.Engine.Start();
        return Pack.Settled(folder, () => ReadOnce(folder, device ?? CPU), codec => codec.Dispose());
    }

    private static TrainedCodec ReadOnce(string folder, Device device)
    {
        var description = Pack.ReadDescription<SpaceDescription>(folder, space => space.Problem());
        var network = Pack.ReadNetwork(folder, description.Weights, description.Sha256, () => Autoencoder.Create(description.Network), device,
            ScalarType.Float32);
        return new TrainedCodec(description.Name, network, description.ImageSize, description.Mean, description.Deviation, description.Training);
    }

    /// <summary>Writes a space; every file appears whole or not at all, and space.json last.</summary>
    internal static void Write(string folder, string name, SpaceDescription description, IEnumerable<(string Name, Tensor Tensor)> weights) =>
        Pack.Written(folder, files => Write(files, folder, name, description, weights));

    /// <summary>Writes a space that was read, under the name it has.</summary>
    internal static void Write(string folder, TrainedCodec codec) => Pack.Written(folder, files => Write(files, folder, codec));

    /// <summary>Writes a space that was read, under the name it has, among files that belong together.</summary>
    internal static void Write(StagedFiles files, string folder, TrainedCodec codec) => Write(files, folder, codec.Name, new SpaceDescription
    {
        Format = SpaceDescription.CurrentFormat,
        Network = codec.Options,
        ImageSize = codec.ImageSize,
        Mean = codec.Mean,
        Deviation = codec.Deviation,
        Training = codec.Training,
    }, ModuleWeights.Of(codec.Network));

    private static void Write(StagedFiles files, string folder, string name, SpaceDescription description, IEnumerable<(string Name, Tensor Tensor)> weights)
    {
        string hash = PackFolder.WriteWeights(files.For(Path.Combine(folder, WeightsFile)), weights);
        Pack.WriteDescription(files, folder, description with { Name = name, Weights = WeightsFile, Sha256 = hash });
    }
}
