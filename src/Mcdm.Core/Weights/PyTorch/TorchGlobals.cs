namespace Mcdm.Weights.PyTorch;

/// <summary>The names in a pickle that mean something here, and what they mean: dicts, and tensors as PyTorch describes them.</summary>
internal static class TorchGlobals
{
    private const string Tensors = "torch._utils", Subclasses = "torch._tensor", Plain = "torch.Tensor", Rebuild = "_rebuild_";

    /// <summary>What a call gives: of an unknown name, an inert object.</summary>
    public static object? Call(PickleSource source, object? callable, object? arguments)
    {
        var given = arguments as object?[] ?? [];
        return callable switch
        {
            PickleGlobal { Module: "collections", Name: "OrderedDict" or "Counter" } or PickleGlobal { Module: "builtins" or "__builtin__", Name: "dict" } =>
                Dict(given),
            PickleGlobal { Module: "collections", Name: "defaultdict" } => new PickleDict(),
            PickleGlobal { Module: "torch.nn.modules.container", Name: "ParameterDict" } => new PickleDict { IsOfParameters = true },
            PickleGlobal { Module: "torch", Name: "Size" } => given is [object?[] sizes] ? sizes : throw Malformed(source, "torch.Size"),
            PickleGlobal { Module: Tensors or Subclasses, Name: var name } when name.StartsWith(Rebuild, StringComparison.Ordinal) =>
                Tensor(source, name, given),
            PickleGlobal other => new PickleObject(other.ToString()),
            PickleObject inert => inert,
            _ => throw source.Invalid("calls what is no function"),
        };
    }

    /// <summary>What a persistent id stands for: memory that lies outside the pickle.</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="id">The id.</param>
    /// <param name="storages">Where the memory is noted, by its key.</param>
    public static object? Stored(PickleSource source, object? id, Dictionary<string, TorchStorage> storages)
    {
        if (id is object?[] and ["module", var kind, ..]) { return kind; } // An old file holds the source of its modules' classes beside them.
        if (id is not object?[] parts || parts is not ["storage", PickleGlobal { Name: var type }, var key, string, long count, ..]
            || KeyText(key) is not { } text || count < 0)
        {
            throw source.Invalid("refers to something other than a storage");
        }
        var storage = new TorchStorage(text, TorchType.OfStorage(type), 0, count);
        if (storages.TryGetValue(text, out var known) && known != storage) { throw source.Invalid($"gives the storage '{text}' two types or sizes"); }
        storages[text] = storage;
        if (parts is not [_, _, _, _, _, object?[] view]) { return storage; }
        return view is [_, long start, long size] && start >= 0 && size >= 0 && start <= count && size <= count - start
            ? storage with { Start = start, Count = size } : throw source.Invalid($"has a part of the storage '{text}' that lies outside it");
    }

    private static string? KeyText(object? key) => key switch
    {
        string text => text,
        long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>A dict, with the pairs that Python 2 wrote as its argument.</summary>
    private static PickleDict Dict(object?[] arguments)
    {
        var dict = new PickleDict();
        if (arguments is not [PickleList { Items: var pairs }, ..]) { return dict; }
        foreach (object? pair in pairs)
        {
            var both = pair switch { PickleList list => list.Items, object?[] tuple => tuple, _ => [] };
            if (both.Count == 2) { dict.Set(both[0], both[1]); }
        }
        return dict;
    }

    private static object? Tensor(PickleSource source, string name, object?[] given) => name switch
    {
        "_rebuild_tensor" when given is [_, _, _, _] => View(source, given, null, null),
        "_rebuild_tensor_v2" when given.Length is 6 or 7 => View(source, given, null, given.ElementAtOrDefault(6)),
        "_rebuild_tensor_v3" when given.Length is 7 or 8 && given[6] is PickleGlobal type => View(source, given, type, given.ElementAtOrDefault(7)),
        "_rebuild_tensor" or "_rebuild_tensor_v2" or "_rebuild_tensor_v3" => throw Malformed(source, name),
        "_rebuild_parameter" or "_rebuild_parameter_with_state" or "_rebuild_device_tensor_from_cpu_tensor" when given.Length > 0 => given[0],
        "_rebuild_from_type" or "_rebuild_from_type_v2" when given is [PickleGlobal function, var type, object?[] arguments, ..] =>
            OfType(Call(source, function, arguments), type),
        "_rebuild_qtensor" => Refused("is quantized; only tensors of plain numbers can be read", Sizes(given.ElementAtOrDefault(2))),
        "_rebuild_sparse_tensor" or "_rebuild_sparse_csr_tensor" => Refused("is sparse; only tensors of plain numbers can be read"),
        "_rebuild_meta_tensor_no_storage" => Refused("has no numbers: it was on the device meta when it was saved", Sizes(given.ElementAtOrDefault(1))),
        _ => Refused($"is of a kind that cannot be read ({name})"),
    };

    /// <summary>A tensor of a class that may give its numbers another meaning.</summary>
    private static object? OfType(object? tensor, object? type) => tensor is not TorchTensor plain
        || type?.ToString() is Plain or "torch.nn.parameter.Parameter" or "torch.nn.parameter.Buffer"
        ? tensor
        : plain with { Refusal = $"is of the class '{type}', whose meaning is not known" };

    private static TorchTensor View(PickleSource source, object?[] given, PickleGlobal? type, object? metadata)
    {
        if (given is not [TorchStorage storage, long offset, var shape, var strides, ..] || Sizes(shape) is not { } sizes || Sizes(strides) is not { } steps)
        {
            throw Malformed(source, "a tensor");
        }
        var flags = (metadata as PickleDict)?.Items.Where(flag => flag.Value is true).Select(flag => flag.Key).ToHashSet() ?? [];
        bool negated = flags.Remove("neg");
        var element = type is null ? storage.Type : TorchType.Named(type.Name);
        return new TorchTensor
        {
            Storage = storage,
            Offset = offset,
            Shape = sizes,
            Strides = steps,
            Type = element,
            Negated = negated,
            Refusal = element.Stored is null ? $"holds {element.Name}, which cannot be read here" : flags.Count > 0
                ? $"is marked '{flags.First()}', which cannot be read here" : null,
        };
    }

    private static TorchTensor Refused(string why, long[]? shape = null) => new() { Refusal = why, Shape = shape ?? [] };

    private static long[]? Sizes(object? tuple)
    {
        if (tuple is not object?[] items || items.Length > TorchTensorCheck.MostDimensions) { return null; }
        var sizes = new long[items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i] is not long size) { return null; }
            sizes[i] = size;
        }
        return sizes;
    }

    private static McdmException Malformed(PickleSource source, string what) => source.Invalid($"describes {what} by something other than its numbers");
}
