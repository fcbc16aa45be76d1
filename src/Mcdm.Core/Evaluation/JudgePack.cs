using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Evaluation;

/// <summary>The folder in which a judge lives: <c>judge.json</c> and <c>judge.safetensors</c>.</summary>
public static class JudgePack
{
    /// <summary>The file that makes a folder a judge's.</summary>
    public const string DescriptionFile = "judge.json";
    private const string WeightsFile = "judge.safetensors";
    private static readonly PackFolder Pack = new("judge", DescriptionFile, JudgeDescription.CurrentFormat);

    /// <summary>Names of the files of a judge.</summary>
    internal static IReadOnlyList<string> Files => [WeightsFile, DescriptionFile];

    /// <summary>Reads a judge; it computes in float32.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="device">Where its network computes.</param>
    /// <exception cref="McdmException">A file is missing, truncated, tampered with or does not fit the network described.</exception>
    public static Judge Read(string folder, Device? device = null)
    {
        Runtime.Engine.Start();
        return Pack.Settled(folder, () => ReadOnce(folder, device ?? CPU), judge => judge.Dispose());
    }

    private static Judge ReadOnce(string folder, Device device)
    {
        var description = Pack.ReadDescription<JudgeDescription>(folder, judge => judge.Problem());
        var network = Pack.ReadNetwork(folder, description.Weights, description.Sha256, () => JudgeNetwork.Create(description.Network), device,
            ScalarType.Float32);
        return new Judge(description, network, folder);
    }

    /// <summary>Writes a judge; every file appears whole or not at all, and judge.json last.</summary>
    internal static void Write(string folder, string name, JudgeDescription description, IEnumerable<(string Name, Tensor Tensor)> weights) =>
        Pack.Written(folder, files =>
        {
            string hash = PackFolder.WriteWeights(files.For(Path.Combine(folder, WeightsFile)), weights);
            Pack.WriteDescription(files, folder, description with { Name = name, Weights = WeightsFile, Sha256 = hash });
        });
}
