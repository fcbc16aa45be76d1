using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>Tensors that a test made, by name; they go with it.</summary>
internal sealed class MadeWeights : IWeights
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    public string Path => "made.safetensors";

    public IReadOnlyList<string> Names => [.. _tensors.Keys];

    public Tensor this[string name] { set => _tensors[name] = value.DetachFromDisposeScope(); }

    public IReadOnlyList<long> Shape(string name) => _tensors[name].shape;

    public ScalarType DataType(string name) => _tensors[name].dtype;

    public Tensor Read(string name, ScalarType? dataType = null) => _tensors[name].to(dataType ?? DataType(name), copy: true);

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values) { tensor.Dispose(); }
    }
}
