using System.Globalization;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Checkpoints;

/// <summary>Weights that are made up when they are asked for, of the names and shapes of a published model: signals keep their size through each layer.</summary>
internal sealed class RandomWeights : IWeights
{
    private const long Supply = 30_000_000;

    private readonly IReadOnlyDictionary<string, long[]> _shapes;
    private readonly Tensor _numbers = randn([Supply], ScalarType.BFloat16);
    private readonly Random _places = new(1);

    /// <param name="lists">Files of lines of a name, a tab and a shape such as 320x4x3x3, and what the names begin with.</param>
    public RandomWeights(params (string Path, string Prefix)[] lists)
        : this(lists.SelectMany(list => File.ReadLines(list.Path).Select(line => line.Split('\t')).Select(line => (Name: list.Prefix + line[0], Shape: line[1])))
            .ToDictionary(line => line.Name, line => line.Shape.Split('x', StringSplitOptions.RemoveEmptyEntries).Select(size => long.Parse(size, CultureInfo.InvariantCulture)).ToArray()))
    {
    }

    /// <param name="shapes">Shapes by name.</param>
    public RandomWeights(IReadOnlyDictionary<string, long[]> shapes) => (_shapes, Names) = (shapes, [.. shapes.Keys]);

    public string Path => "random weights";

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<long> Shape(string name) => _shapes[name];

    public ScalarType DataType(string name) => ScalarType.BFloat16;

    public Tensor Read(string name, ScalarType? dataType = null)
    {
        using var scope = NewDisposeScope();
        long[] shape = _shapes[name];
        var tensor = shape.Length > 1 ? Numbers(shape) : name.EndsWith(".weight", StringComparison.Ordinal) ? ones(shape) : zeros(shape);
        return tensor.to(dataType ?? ScalarType.BFloat16).DetachFromDisposeScope();
    }

    public void Dispose() => _numbers.Dispose();

    private Tensor Numbers(long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size), inputs = count / shape[0];
        var pieces = new List<Tensor>();
        for (long left = count; left > 0; left -= Math.Min(left, Supply))
        {
            long length = Math.Min(left, Supply);
            pieces.Add(_numbers.narrow(0, _places.NextInt64(Supply - length + 1), length));
        }
        // Not in place: of a single piece, cat gives the piece itself.
        return (cat(pieces) / Math.Sqrt(inputs)).reshape(shape);
    }
}
