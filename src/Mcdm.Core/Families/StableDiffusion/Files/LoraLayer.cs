using Mcdm.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The tensors that an adapter's file has of one layer, read when they are asked for; whoever asks owns them.</summary>
/// <param name="file">The file.</param>
/// <param name="names">Their names by role.</param>
/// <param name="stem">What the layer's tensors begin with in the file.</param>
/// <param name="alphaOverRank">alpha / rank of a product of a rank, where no tensor says it.</param>
/// <param name="device">Where they are to compute.</param>
internal sealed class LoraLayer(IWeights file, IReadOnlyDictionary<string, string> names, string stem, Func<long, double> alphaOverRank, Device device)
{
    /// <summary>The file, for messages.</summary>
    public string Path => file.Path;

    /// <summary>What the layer's tensors begin with in the file.</summary>
    public string Stem => stem;

    /// <summary>The roles of the tensors that are there.</summary>
    public IEnumerable<string> Roles => names.Keys;

    /// <summary>Whether there is one of a role.</summary>
    public bool Has(string role) => names.ContainsKey(role);

    /// <summary>The tensor of a role.</summary>
    /// <param name="role">The role.</param>
    /// <param name="type">What it is to compute in.</param>
    /// <exception cref="McdmException"><c>LoraIncomplete</c>: there is none; the message names it.</exception>
    public Tensor Read(string role, ScalarType type = ScalarType.Float32)
    {
        if (!names.TryGetValue(role, out string? name))
        {
            throw new McdmException("LoraIncomplete", ErrorKind.InvalidData,
                $"'{file.Path}' has '{names.Values.First()}' without '{Expected(role)}'; it is damaged or of another form.");
        }
        var tensor = file.Read(name, type);
        FiniteWeights.Require(file.Path, name, tensor);
        return tensor.to(device);
    }

    /// <summary>As <see cref="Read"/>, as a matrix.</summary>
    public Tensor Matrix(string role, ScalarType type = ScalarType.Float32) => Read(role, type) is { shape.Length: >= 2 } tensor ? tensor.flatten(1)
        : throw Shape($"'{names[role]}' is no matrix");

    /// <summary>The tensor of a role that may not be there.</summary>
    public Tensor? ReadIfThere(string role) => Has(role) ? Read(role) : null;

    /// <summary>By what a product of a rank is multiplied.</summary>
    public double AlphaOver(long rank)
    {
        if (!names.TryGetValue(LoraRoles.Alpha, out string? name)) { return alphaOverRank(rank); }
        if (file.Shape(name).Aggregate(1L, (product, size) => product * size) != 1) { throw Shape($"'{name}' is not a single number"); }
        using var alpha = file.Read(name, ScalarType.Float32);
        double value = alpha.reshape(1).ToDouble();
        return double.IsFinite(value) ? value / rank : throw Shape($"'{name}' is not a finite number");
    }

    /// <summary>The error that the tensors make no change of a layer.</summary>
    /// <param name="problem">Why, in a clause.</param>
    public McdmException Shape(string problem) => new("LoraShape", ErrorKind.InvalidData, $"'{file.Path}' makes no change of the layer '{stem}': {problem}.");

    /// <summary>What a tensor would be called that is missing: as its counterpart is.</summary>
    private string Expected(string role) => role switch
    {
        LoraRoles.Up when names.TryGetValue(LoraRoles.Down, out string? down) => Counterpart(down, "down", "up", "lora_A", "lora_B"),
        LoraRoles.Down when names.TryGetValue(LoraRoles.Up, out string? up) => Counterpart(up, "up", "down", "lora_B", "lora_A"),
        _ => $"{stem}.{role}",
    };

    private string Counterpart(string name, string word, string other, string letter, string otherLetter)
    {
        string ending = name[stem.Length..];
        return stem + (ending.Contains(letter, StringComparison.Ordinal) ? ending.Replace(letter, otherLetter, StringComparison.Ordinal)
            : ending.Replace(word, other, StringComparison.Ordinal));
    }
}
