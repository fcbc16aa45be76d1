using System.Globalization;
using Mcdm.Networks.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

/// <summary>Names and shapes of a published model's tensors, without the numbers: what is read of it lies on the device META, which holds none.</summary>
internal sealed class KeyList : IWeights
{
    private readonly Dictionary<string, long[]> _shapes;

    public KeyList(string path, IEnumerable<(string Name, long[] Shape)> tensors)
    {
        Path = path;
        _shapes = tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape, StringComparer.Ordinal);
    }

    public string Path { get; }

    public IReadOnlyList<string> Names => [.. _shapes.Keys];

    public long Parameters => _shapes.Values.Sum(shape => shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>A list of shared/checkpoints/keys; null where that is not there.</summary>
    public static KeyList? Find(string name)
    {
        string path = Checkout.Shared("checkpoints", "keys", name + ".tsv");
        return File.Exists(path) ? new(path, Read(path)) : null;
    }

    /// <summary>Several lists of shared/checkpoints/keys as one file, whose names have beginnings.</summary>
    public static KeyList Together(params (string Name, string Prefix)[] lists) =>
        new(lists[0].Name, lists.SelectMany(list => Read(Checkout.Shared("checkpoints", "keys", list.Name + ".tsv")).Select(tensor => (list.Prefix + tensor.Name, tensor.Shape))));

    private static IEnumerable<(string Name, long[] Shape)> Read(string path) =>
        File.ReadLines(path).Where(line => line.Length > 0).Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1].Split('x', StringSplitOptions.RemoveEmptyEntries).Select(size => long.Parse(size, CultureInfo.InvariantCulture)).ToArray()));

    public IReadOnlyList<long> Shape(string name) => _shapes[name];

    public ScalarType DataType(string name) => ScalarType.Float32;

    public Tensor Read(string name, ScalarType? dataType = null) => empty(_shapes[name], dataType ?? ScalarType.Float32, META);

    public void Dispose()
    {
    }
}
