namespace Mcdm.Weights.PyTorch;

/// <summary>A name that a pickle uses, such as <c>collections.OrderedDict</c>. No class is ever looked up by it.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A dict: what has text for a key; the rest is nothing to us.</summary>
internal sealed class PickleDict
{
    private List<KeyValuePair<string, object?>>? _items;

    /// <summary>Whether it is a module's that keeps parameters by name (torch.nn.ParameterDict), whose state says what is in it.</summary>
    public bool IsOfParameters { get; init; }

    /// <summary>In the order of the file; where a key comes twice, the last counts.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Items => _items ?? (IReadOnlyList<KeyValuePair<string, object?>>)[];

    public void Set(object? key, object? value)
    {
        if (key is string name) { (_items ??= new(1)).Add(new(name, value)); }
    }

    public object? Find(string key) => _items?.FindLast(item => item.Key == key).Value;
}

/// <summary>A list or a set.</summary>
internal sealed class PickleList
{
    private List<object?>? _items;

    public IReadOnlyList<object?> Items => _items ?? (IReadOnlyList<object?>)[];

    public void Add(object? item) => (_items ??= new(1)).Add(item);
}

/// <summary>What a pickle would have made of a class that means nothing here: it is not made, and what is put into it is dropped.</summary>
internal sealed record PickleObject(string Class);

/// <summary>The memory that tensors are views of.</summary>
/// <param name="Key">What it is called in the file.</param>
/// <param name="Type">Its element type; that of bytes where tensors say theirs.</param>
/// <param name="Start">Its first element in the memory of that key: an old file has parts of memories as storages.</param>
/// <param name="Count">Its elements.</param>
internal sealed record TorchStorage(string Key, TorchType Type, long Start, long Count);

/// <summary>A tensor as the pickle describes it; nothing of it is believed before <see cref="TorchTensorCheck"/>.</summary>
internal sealed record TorchTensor
{
    /// <summary>Where its numbers are; null where it has none that could be read.</summary>
    public TorchStorage? Storage { get; init; }

    /// <summary>Its first element in the storage, counted in elements of <see cref="Type"/>.</summary>
    public long Offset { get; init; }

    public long[] Shape { get; init; } = [];

    public long[] Strides { get; init; } = [];

    public TorchType Type { get; init; } = TorchType.Unknown("unknown");

    /// <summary>Whether what is stored has the opposite sign.</summary>
    public bool Negated { get; init; }

    /// <summary>Why it cannot be read, as a part of a sentence; null where it can.</summary>
    public string? Refusal { get; init; }
}
