using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>
/// Tensors of a file under the names, and in the shapes, that a network knows; each is read when it is asked for.
/// </summary>
internal sealed class RenamedWeights : IWeights
{
    private readonly IWeights _source;
    private readonly bool _owns;
    private readonly Dictionary<string, RenamedTensor> _tensors;

    /// <param name="source">The file.</param>
    /// <param name="tensors">What is taken of it, each name once.</param>
    /// <param name="owns">Whether the file is closed with these; it stays the caller's otherwise.</param>
    /// <exception cref="McdmException"><c>WeightsTwice</c>: two tensors would have one name.</exception>
    public RenamedWeights(IWeights source, IEnumerable<RenamedTensor> tensors, bool owns = false)
    {
        (_source, _owns) = (source, owns);
        _tensors = new(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            if (_tensors.TryAdd(tensor.Name, tensor)) { continue; }
            throw new McdmException("WeightsTwice", ErrorKind.InvalidData,
                $"'{Path}' holds '{_tensors[tensor.Name].Source}' and '{tensor.Source}', which are the same part of a network.");
        }
        Names = [.. _tensors.Keys];
    }

    /// <inheritdoc/>
    public string Path => _source.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => _source.Metadata;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => _source.Notes;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name)
    {
        var tensor = Find(name);
        long[] shape = [.. _source.Shape(tensor.Source)];
        if (tensor.Parts > 1)
        {
            if (shape.Length == 0 || shape[0] % tensor.Parts != 0)
            {
                throw new McdmException("WeightsShape", ErrorKind.InvalidData,
                    $"The tensor '{tensor.Source}' of '{Path}' has shape [{string.Join(", ", shape)}], which is not {tensor.Parts} parts of one size.");
            }
            shape[0] /= tensor.Parts;
        }
        if (tensor.Transposed && shape is [var rows, var columns]) { return [columns, rows]; }
        return tensor.Matrix && shape is [_, _, 1, 1] ? shape[..2] : shape;
    }

    /// <inheritdoc/>
    public ScalarType DataType(string name) => _source.DataType(Find(name).Source);

    /// <inheritdoc/>
    public Tensor Read(string name, ScalarType? dataType = null)
    {
        using var scope = NewDisposeScope();
        var tensor = Find(name);
        var shape = Shape(name);
        var whole = _source.Read(tensor.Source, dataType);
        var part = tensor.Parts > 1 ? whole.narrow(0, tensor.Part * shape[0], shape[0]).clone() : whole;
        return (tensor.Transposed && shape.Count == 2 ? part.t().contiguous() : part.reshape([.. shape])).DetachFromDisposeScope();
    }

    /// <summary>The same, with which the file is closed.</summary>
    public RenamedWeights WithFile() => new(_source, _tensors.Values, owns: true);

    /// <summary>Closes the file, where it is these weights' own.</summary>
    public void Dispose()
    {
        if (_owns) { _source.Dispose(); }
    }

    private RenamedTensor Find(string name) =>
        _tensors.GetValueOrDefault(name)
            ?? throw new McdmException("WeightsMissing", ErrorKind.NotFound, $"'{Path}' holds no tensor that stands for '{name}'.");
}
