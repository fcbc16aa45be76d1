using Mcdm.Weights;

namespace Mcdm.Families.Shared;

/// <summary>The shapes of a network's tensors, from which its own follows.</summary>
internal sealed class TensorShapes(IWeights weights)
{
    private readonly HashSet<string> _names = weights.Names.ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether there is a tensor.</summary>
    public bool Has(string name) => _names.Contains(name);

    /// <summary>How many numbers from 0 on give a tensor that is there.</summary>
    public int Count(Func<int, string> name)
    {
        int count = 0;
        while (Has(name(count))) { count++; }
        return count;
    }

    /// <summary>Dimensions of a tensor.</summary>
    /// <exception cref="McdmException"><c>WeightsMissing</c></exception>
    public int Rank(string name) => Shape(name).Count;

    /// <summary>A dimension of a tensor.</summary>
    /// <exception cref="McdmException"><c>WeightsMissing</c>; <c>WeightsShape</c>: it has fewer dimensions, or its size is no size of a layer.</exception>
    public int Size(string name, int dimension)
    {
        var shape = Shape(name);
        return dimension < shape.Count && shape[dimension] is > 0 and <= int.MaxValue ? (int)shape[dimension]
            : throw new McdmException("WeightsShape", ErrorKind.InvalidData,
                $"The tensor '{name}' of '{weights.Path}' has shape [{string.Join(", ", shape)}], which no such layer has.");
    }

    /// <summary>Refuses a number that does not divide each of some widths: of what no tensor tells, the published value does not fit.</summary>
    public void RequireDivides(int number, IEnumerable<int> widths, string what)
    {
        if (widths.FirstOrDefault(width => width % number != 0) is not 0 and var odd)
        {
            throw new McdmException("ShapeUnknown", ErrorKind.InvalidData,
                $"'{weights.Path}' does not say how many {what} its network has, and the {number} of published models do not divide its {odd} channels; a "
                + "configuration is needed beside it.");
        }
    }

    private IReadOnlyList<long> Shape(string name) => Has(name) ? weights.Shape(name)
        : throw new McdmException("WeightsMissing", ErrorKind.InvalidData,
            $"'{weights.Path}' lacks the tensor '{name}', so the shape of its network is not known.");
}
