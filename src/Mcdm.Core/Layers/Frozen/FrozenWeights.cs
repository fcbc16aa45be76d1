using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>
/// What a network that is not trained further is built of: layers ask for their weights by name and shape, and get them on the device, in the
/// precision of the computation, each read once. A tensor that is missing or has another shape is refused when it is asked for,
/// one that nobody asked for by <see cref="RequireAllTaken"/>. Owns the tensors it gave out.
/// </summary>
internal sealed class FrozenWeights : IDisposable
{
    private readonly Store _store;
    private readonly string _prefix;
    private readonly TensorChanges? _changes;

    private FrozenWeights(Store store, string prefix, TensorChanges? changes) => (_store, _prefix, _changes) = (store, prefix, changes);

    /// <param name="source">Where tensors are read from; stays the caller's, and open until the network is built.</param>
    /// <param name="device">Where the network computes.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="storage">How weights of layers lie in memory.</param>
    public FrozenWeights(IWeights source, Device device, ScalarType type, WeightStorage storage = WeightStorage.Computed)
        : this(new Store(source, device, type, storage), "", null)
    {
    }

    /// <summary>What the names of these weights begin with, without the dot at the end; empty for a whole network's.</summary>
    public string Name => _prefix.TrimEnd('.');

    /// <summary>Where the network computes.</summary>
    public Device Device => _store.Device;

    /// <summary>What it computes in.</summary>
    public ScalarType Type => _store.Type;

    /// <summary>
    /// Names of the tensors given out so far, in the order in which the network asked for them: the same for all files of a network, whatever they call
    /// their tensors.
    /// </summary>
    public IReadOnlyList<string> Taken => [.. _store.Taken.Keys];

    /// <summary>Numbers given out so far, each tensor counted once.</summary>
    public long Parameters => _store.Taken.Values.Sum(tensor => tensor.Count);

    /// <summary>Bytes of what was given out so far.</summary>
    public long Bytes => _store.Taken.Values.Sum(tensor => tensor.Bytes);

    /// <summary>The weights whose names begin with a part and a dot.</summary>
    public FrozenWeights At(string part) => new(_store, $"{_prefix}{part}.", _changes);

    /// <summary>The same tensors, not read again, for a network some of whose tensors are changed. What owns the tensors stays their owner.</summary>
    /// <param name="changes">The changes; a tensor that no layer asks for cannot be changed, which they tell.</param>
    public FrozenWeights With(TensorChanges changes) => new(_store, _prefix, changes);

    /// <summary>Whether there is a tensor of a name.</summary>
    public bool Has(string name) => _store.Has(_prefix + name);

    /// <summary>The shape of a tensor, for what is not known beforehand.</summary>
    public IReadOnlyList<long> Shape(string name) => _store.Shape(_prefix + name);

    /// <summary>A tensor, which stays these weights' own.</summary>
    /// <exception cref="McdmException"><c>WeightsMissing</c>, <c>WeightsShape</c>, <c>WeightsType</c>, or it cannot be read.</exception>
    public Tensor Take(string name, params long[] shape) => _store.Take(_prefix + name, shape).Value();

    /// <summary>A layer with <c>weight</c> [output, input] and, unless told otherwise, <c>bias</c> [output].</summary>
    public Linear Linear(string name, long input, long output, bool bias = true)
    {
        var at = At(name);
        return new(at.Weight([output, input]), bias ? at.Changed("bias", output) : null);
    }

    /// <summary>A layer with <c>weight</c> [output, input, kernel, kernel], which lies as convolutions read it, and <c>bias</c> [output].</summary>
    public Convolution Convolution(string name, long input, long output, int kernel, int stride = 1, int? padding = null, bool bias = true)
    {
        var at = At(name);
        // Of a single place, the channels lie beside each other as they are.
        var weight = at.Weight([output, input, kernel, kernel], kernel > 1 ? TensorLayout.LayChannelsLast : null);
        return new(weight, bias ? at.Changed("bias", output) : null, stride, padding ?? kernel / 2);
    }

    /// <summary>A layer with <c>weight</c> and <c>bias</c> [channels].</summary>
    public GroupNorm GroupNorm(string name, int groups, long channels, double epsilon)
    {
        var at = At(name);
        return new(at.Changed("weight", channels), at.Changed("bias", channels), groups, epsilon);
    }

    /// <summary>A layer with <c>weight</c> and <c>bias</c> [width].</summary>
    public LayerNorm LayerNorm(string name, long width, double epsilon)
    {
        var at = At(name);
        return new(at.Changed("weight", width), at.Changed("bias", width), epsilon);
    }

    /// <summary>Refuses tensors under these weights' prefix that no layer asked for.</summary>
    /// <param name="ignored">What may be there all the same, such as <c>position_ids</c>, which tells nothing.</param>
    /// <exception cref="McdmException"><c>WeightsUnexpected</c>: they are named.</exception>
    public void RequireAllTaken(Func<string, bool>? ignored = null) => _store.RequireAllTaken(_prefix, ignored);

    /// <summary>Frees the memory of all tensors.</summary>
    public void Dispose() => _store.Dispose();

    private LayerTensor Changed(string name, params long[] shape) => new(_store.Take(_prefix + name, shape), ChangesOf(_prefix + name));

    private LayerTensor Weight(long[] shape, Func<Tensor, Tensor>? lay = null) =>
        new(_store.Take($"{_prefix}weight", shape, lay, isLayers: true), ChangesOf($"{_prefix}weight"));

    private IReadOnlyList<TensorChange> ChangesOf(string tensor) => _changes?.Take(tensor) ?? [];

    private sealed class Store(IWeights source, Device device, ScalarType type, WeightStorage storage) : IDisposable
    {
        private readonly HashSet<string> _names = source.Names.ToHashSet(StringComparer.Ordinal);

        public Device Device => device;

        public ScalarType Type => type;

        public Dictionary<string, StoredTensor> Taken { get; } = new(StringComparer.Ordinal);

        public bool Has(string name) => _names.Contains(name);

        public IReadOnlyList<long> Shape(string name)
        {
            RequirePresent(name, null);
            return source.Shape(name);
        }

        /// <param name="name">Its name.</param>
        /// <param name="shape">Its sizes.</param>
        /// <param name="lay">How it is laid; null as it is.</param>
        /// <param name="isLayers">Whether it is the matrix or the kernel of a layer.</param>
        public StoredTensor Take(string name, long[] shape, Func<Tensor, Tensor>? lay = null, bool isLayers = false)
        {
            if (Taken.TryGetValue(name, out var known)) { return known; }
            RequirePresent(name, shape);
            if (!source.Shape(name).SequenceEqual(shape))
            {
                throw new McdmException("WeightsShape", ErrorKind.InvalidData,
                    $"The tensor '{name}' of '{source.Path}' has shape {Text(source.Shape(name))}, but this network needs {Text(shape)}.");
            }
            if (source.DataType(name) is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
            {
                throw new McdmException("WeightsType", ErrorKind.InvalidData,
                    $"The tensor '{name}' of '{source.Path}' holds {source.DataType(name)}, but this network needs fractions.");
            }
            using var scope = NewDisposeScope();
            var read = source.Read(name, type);
            FiniteWeights.Require(source.Path, name, read);
            var tensor = read.to(device);
            tensor = lay?.Invoke(tensor) ?? tensor;
            return Taken[name] = isLayers && storage == WeightStorage.Int8 ? new Int8Tensor(tensor)
                : isLayers && PackedOperators.Take(device, type) ? new PackableTensor(tensor.DetachFromDisposeScope())
                : new PlainTensor(tensor.DetachFromDisposeScope());
        }

        public void RequireAllTaken(string prefix, Func<string, bool>? ignored)
        {
            var left = _names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !Taken.ContainsKey(name)
                && ignored?.Invoke(name) != true).Order(StringComparer.Ordinal).ToList();
            if (left.Count == 0) { return; }
            throw new McdmException("WeightsUnexpected", ErrorKind.InvalidData,
                $"'{source.Path}' has the tensor '{left[0]}' of shape "
                    + $"{Text(source.Shape(left[0]))}{(left.Count == 1 ? "" : $" (and {left.Count - 1} more)")}, for which this network has no place; it "
                    + "was written for another network.");
        }

        public void Dispose()
        {
            foreach (var tensor in Taken.Values) { tensor.Dispose(); }
            Taken.Clear();
        }

        private void RequirePresent(string name, long[]? shape)
        {
            if (_names.Contains(name)) { return; }
            throw new McdmException("WeightsMissing", ErrorKind.InvalidData,
                $"'{source.Path}' lacks the tensor '{name}'{(shape is null ? "" : $" of shape {Text(shape)}")}; it was written for another network.");
        }

        private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
    }
}
