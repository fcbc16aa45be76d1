using Mcdm.Weights;
using Mcdm.Weights.Reading;

namespace Mcdm.Families;

/// <summary>One network of a model on disk.</summary>
/// <param name="Name">What it is for, such as <c>unet</c>.</param>
/// <param name="Parameters">Its numbers.</param>
/// <param name="DataType">Element type of most of them, as stored.</param>
/// <param name="Path">The file, or the index of several.</param>
public sealed record ModelFilesPart(string Name, long Parameters, string DataType, string Path)
{
    /// <summary>What a file of weights holds.</summary>
    internal static ModelFilesPart Of(string name, string file)
    {
        using var weights = WeightFile.Open(file);
        return Of(name, file, weights);
    }

    /// <summary>The same of weights that are open.</summary>
    internal static ModelFilesPart Of(string name, string file, IWeights weights)
    {
        var sizes = weights.Names
            .Select(tensor => (Type: TypeOf(weights, tensor), Numbers: weights.Shape(tensor).Aggregate(1L, (product, size) => product * size))).ToList();
        string most = sizes.GroupBy(size => size.Type).MaxBy(group => group.Sum(size => size.Numbers))?.Key ?? "none";
        return new ModelFilesPart(name, sizes.Sum(size => size.Numbers), most, file);
    }

    private static string TypeOf(IWeights weights, string tensor)
    {
        try
        {
            return weights.DataType(tensor).ToString().ToLowerInvariant();
        }
        catch (McdmException)
        {
            return "other";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
