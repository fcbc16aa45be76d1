namespace Mcdm.Layers.Frozen;

/// <summary>What is to be changed of a network: by tensor, such as <c>mid_block.attentions.0.proj_in.weight</c>, its changes one after the other.</summary>
internal sealed class TensorChanges
{
    private readonly Dictionary<string, List<TensorChange>> _changes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The tensors that are changed.</summary>
    public IReadOnlyCollection<string> Tensors => _changes.Keys;

    /// <summary>Tensors whose changes no layer has asked for: once the network is built, there is no place for them.</summary>
    public IEnumerable<string> NotTaken => _changes.Keys.Except(_taken, StringComparer.Ordinal);

    /// <summary>The changes of several, those of the first first.</summary>
    public static TensorChanges Together(IEnumerable<TensorChanges> all)
    {
        var together = new TensorChanges();
        foreach (var (tensor, change) in all.SelectMany(each => each._changes).SelectMany(pair => pair.Value.Select(change => (pair.Key, change))))
        {
            together.Add(tensor, change);
        }
        return together;
    }

    /// <summary>Adds a change, which is made after those before.</summary>
    public void Add(string tensor, TensorChange change)
    {
        if (!_changes.TryGetValue(tensor, out var own)) { _changes[tensor] = own = []; }
        own.Add(change);
    }

    /// <summary>The changes of a tensor, for the layer that has it.</summary>
    public IReadOnlyList<TensorChange> Take(string tensor)
    {
        if (!_changes.TryGetValue(tensor, out var own)) { return []; }
        _taken.Add(tensor);
        return own;
    }
}
