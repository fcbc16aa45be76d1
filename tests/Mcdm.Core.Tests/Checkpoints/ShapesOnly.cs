using System.Globalization;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>Tensors that have names and shapes and no numbers, on the device that computes nothing: networks of full size are built of them at once.</summary>
internal sealed class ShapesOnly(IReadOnlyDictionary<string, long[]> shapes) : IWeights
{
    /// <summary>Reads lines of a name, a tab and a shape such as 320x4x3x3; the names get a prefix.</summary>
    public static ShapesOnly Read(params (string Path, string Prefix)[] lists) => new(lists.SelectMany(list => File.ReadLines(list.Path).Select(line => line.Split('\t')).Select(line => (Name: list.Prefix + line[0], Shape: line[1])))
        .ToDictionary(line => line.Name, line => line.Shape.Split('x', StringSplitOptions.RemoveEmptyEntries).Select(size => long.Parse(size, CultureInfo.InvariantCulture)).ToArray()));

    public string Path => "shapes";

    public IReadOnlyList<string> Names { get; } = [.. shapes.Keys];

    public IReadOnlyList<long> Shape(string name) => shapes[name];

    public ScalarType DataType(string name) => ScalarType.Float16;

    public Tensor Read(string name, ScalarType? dataType = null) => empty(shapes[name], dataType ?? ScalarType.Float16, META);

    public void Dispose()
    {
    }
}
