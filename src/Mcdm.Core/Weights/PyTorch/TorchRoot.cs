namespace Mcdm.Weights.PyTorch;

/// <summary>Where in a checkpoint the weights are: a dict of tensors by name, perhaps below names such as <c>state_dict</c>.</summary>
internal static class TorchRoot
{
    private const string StateDict = "state_dict";
    private const int Deepest = 4;

    /// <summary>Parts of one network that lie in dicts of their own beside each other.</summary>
    private static readonly string[] s_parts = ["image_proj", "ip_adapter"];

    /// <summary>
    /// What programs put weights under, the better first; where there are averaged weights beside others, they are what samples are drawn from.
    /// </summary>
    private static readonly string[] s_known = ["params_ema", "model", "model_state_dict", "state_dict_ema", "params", "net", "network", "module", "unet",
        "generator", "weights"];

    /// <summary>Finds the dict whose tensors are a network's.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="content">What its pickle says.</param>
    /// <param name="root">The name it is under, several joined by <c>/</c>, empty for the outermost; null to find it.</param>
    /// <returns>The name, the dict, and a sentence without its subject about what was chosen; null where there was nothing to choose.</returns>
    public static (string Root, PickleDict Tensors, string? Note) Find(string path, object? content, string? root)
    {
        if (content is not PickleDict top) { throw NoDict(path, "holds", content); }
        if (root is not null) { return (root, Named(path, top, root), null); }
        if (OtherContents.Of(top) is { } other) { throw new McdmException("ModelKindUnknown", ErrorKind.NotSupported, $"'{path}' {other}."); }
        if (Parts(top) is { } parts) { return ("", parts, null); }
        var (name, trained) = Trained(path, top);
        var around = name.Split('/').SkipLast(1).Aggregate(new List<PickleDict> { top }, (dicts, key) => [.. dicts, (PickleDict)dicts[^1].Find(key)!]);
        var (weights, note) = TorchAverages.Over(around, trained);
        return (name, weights, note);
    }

    /// <summary>The tensors of an IP-Adapter, which lie in two dicts, with the dicts' names before theirs; null for another file.</summary>
    private static PickleDict? Parts(PickleDict top)
    {
        if (s_parts.Any(part => top.Find(part) is not PickleDict)) { return null; }
        var joined = new PickleDict();
        foreach (var (part, name, value) in s_parts.SelectMany(part => ((PickleDict)top.Find(part)!).Items.Select(item => (part, item.Key, item.Value))))
        {
            joined.Set($"{part}.{name}", value);
        }
        return joined;
    }

    /// <summary>The dict whose tensors are a network's, before averages are looked for.</summary>
    private static (string Root, PickleDict Tensors) Trained(string path, PickleDict top)
    {
        string name = "";
        var dict = top;
        for (int depth = 0; depth < Deepest && dict.Find(StateDict) is PickleDict inner; depth++) { (name, dict) = (Join(name, StateDict), inner); }
        var roots = Roots(dict);
        if (roots.Count == 0) { throw NoTensors(path, top); }
        // Beside the weights there may be counters, outermost.
        if (roots[0].Parts.Length == 0 && (roots.Count == 1 || HasWeights(dict))) { return (name, dict); }
        var inside = roots.Where(found => found.Parts.Length > 0).ToList();
        var known = s_known.Select(key => inside.Where(found => found.Parts[0] == key).ToList()).FirstOrDefault(found => found.Count > 0) ?? inside;
        if (known.Count > 1 && known[0].Parts.Length > 1 == known[1].Parts.Length > 1)
        {
            throw new McdmException("PyTorchRoots", ErrorKind.InvalidArgument,
                $"'{path}' holds several sets of tensors, under "
                + $"{string.Join(", ", known.Take(10).Select(found => $"'{Join(name, string.Join('/', found.Parts))}'"))}; say which is meant.");
        }
        return (Join(name, string.Join('/', known[0].Parts)), known[0].Dict);
    }

    /// <summary>The dicts that have tensors, the outer before the inner; each once, whatever refers to it.</summary>
    private static List<(string[] Parts, PickleDict Dict)> Roots(PickleDict start)
    {
        var found = new List<(string[], PickleDict)>();
        var seen = new HashSet<PickleDict> { start };
        var next = new Queue<(string[] Parts, PickleDict Dict)>([([], start)]);
        while (next.TryDequeue(out var place))
        {
            if (HasTensors(place.Dict)) { found.Add(place); }
            if (place.Parts.Length == Deepest) { continue; }
            foreach (var (key, value) in place.Dict.Items)
            {
                if (value is PickleDict inner && seen.Add(inner)) { next.Enqueue(([.. place.Parts, key], inner)); }
            }
        }
        return found;
    }

    private static PickleDict Named(string path, PickleDict top, string root)
    {
        object? value = root.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((object?)top, (at, key) => (at as PickleDict)?.Find(key));
        if (value is null)
        {
            throw new McdmException("PyTorchRoot", ErrorKind.NotFound,
                $"'{path}' has nothing under '{root}'; it has {string.Join(", ", top.Items.Take(10).Select(item => $"'{item.Key}'"))}.");
        }
        if (value is not PickleDict dict) { throw NoDict(path, $"holds under '{root}'", value); }
        return HasTensors(dict) ? dict : throw NoTensors(path, dict);
    }

    private static bool HasTensors(PickleDict dict) => dict.Items.Any(item => item.Value is TorchTensor);

    private static bool HasWeights(PickleDict dict) => dict.Items
        .Any(item => item.Value is TorchTensor { Shape.Length: > 0 } or TorchTensor { Refusal: not null });

    private static McdmException NoDict(string path, string holds, object? content) => content switch
    {
        TorchTensor => Wrong($"'{path}' {holds} one tensor without a name; a network's weights are tensors by name (a state dict)."),
        PickleList or object?[] => Wrong($"'{path}' {holds} a list; a network's weights are tensors by name (a state dict)."),
        PickleObject or PickleGlobal =>
            Wrong($"'{path}' {holds} {Pickled(content)}, which is not built; a network's weights are tensors by name: save its state_dict()."),
        _ => Wrong($"'{path}' {holds} no tensor, but a single value."),
    };

    private static McdmException NoTensors(string path, PickleDict dict)
    {
        var (key, value) = dict.Items.FirstOrDefault(item => item.Value is PickleObject);
        return Wrong($"'{path}' holds no tensor by "
            + $"name{(value is null ? "" : $"; under '{key}' it holds {Pickled(value)}, which is not built: save its state_dict()")}.");
    }

    private static string Pickled(object? value) => $"a pickled object of the class '{(value as PickleObject)?.Class ?? value?.ToString()}'";

    private static McdmException Wrong(string message) => new("PyTorchContent", ErrorKind.InvalidData, message);

    private static string Join(string name, string key) => name.Length == 0 ? key : $"{name}/{key}";
}
