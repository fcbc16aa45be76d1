namespace Mcdm.Weights.PyTorch;

/// <summary>
/// Weights averaged over training (EMA) that lie beside those that were trained, such as <c>{model, ema}</c> or <c>{state_dict, ema}</c>: pictures are sampled
/// from them.
/// </summary>
internal static class TorchAverages
{
    private static readonly string[] s_keys =
        ["ema", "ema_model", "model_ema", "ema_state_dict", "state_dict_ema", "ema_params", "ema_weights", "unet_ema", "averaged_model"];

    /// <summary>What lies around the averages in their dict.</summary>
    private static readonly string[] s_around = ["state_dict", "module", "model", "ema_model", "shadow", "shadow_params", "params"];

    /// <summary>What averages' names may begin with that the trained ones' do not.</summary>
    private static readonly string[] s_prefixes = ["", "ema_model.", "module.", "model.", "ema_model.module.", "ema_model.model.", "shadow."];

    /// <summary>The trained weights with averages in their place, as far as there are any.</summary>
    /// <param name="around">The dicts that the trained ones lie in, the outermost first.</param>
    /// <param name="trained">The trained ones.</param>
    /// <returns>The weights, and a sentence without its subject that says what was taken; null where there are no averages.</returns>
    public static (PickleDict Weights, string? Note) Over(IEnumerable<PickleDict> around, PickleDict trained)
    {
        foreach (var (key, found) in around.SelectMany(dict => s_keys.Select(key => (key, Found: dict.Find(key) as PickleDict))))
        {
            if (found is null || found == trained || !HasTensors(found, deep: true)) { continue; }
            var candidates = s_around.Select(inner => found.Find(inner)).OfType<PickleDict>().Prepend(found).Where(dict => HasTensors(dict, deep: false));
            foreach (var averages in candidates)
            {
                if (s_prefixes.Select(prefix => Replaced(trained, averages, prefix)).FirstOrDefault(replaced => replaced is not null) is { } weights)
                {
                    return (weights, $"holds weights as trained and, under '{key}', averaged over training; the averaged ones are taken");
                }
            }
            return (trained, $"holds weights averaged over training under '{key}', but not of the names that were trained; those as trained are taken");
        }
        return (trained, null);
    }

    /// <summary>
    /// The trained weights with those averages in their place whose names begin so; null where there are none, or one stands for nothing trained.
    /// </summary>
    private static PickleDict? Replaced(PickleDict trained, PickleDict averages, string prefix)
    {
        var own = Tensors(trained).ToDictionary(item => item.Key, item => item.Value.Shape, StringComparer.Ordinal);
        var named = Tensors(averages).Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(item => (Key: item.Key[prefix.Length..], Average: item.Value)).ToList();
        // Counters may lie beside them; and another model beside the averaged one, as some programs wrap both.
        var weights = named.Where(item => item.Average.Shape.Length > 0 || own.ContainsKey(item.Key)).ToList();
        bool stands = weights.All(item => own.TryGetValue(item.Key, out long[]? shape) && shape.SequenceEqual(item.Average.Shape));
        if (weights.Count == 0 || !stands) { return null; }
        var replaced = new PickleDict();
        foreach (var (key, value) in trained.Items) { replaced.Set(key, value); }
        foreach (var (key, average) in weights) { replaced.Set(key, average); }
        return replaced;
    }

    private static IEnumerable<KeyValuePair<string, TorchTensor>> Tensors(PickleDict dict) => dict.Items
        .Where(item => item.Value is TorchTensor).GroupBy(item => item.Key, StringComparer.Ordinal)
        .Select(items => KeyValuePair.Create(items.Key, (TorchTensor)items.Last().Value!));

    private static bool HasTensors(PickleDict dict, bool deep) =>
        dict.Items.Any(item => item.Value is TorchTensor || (deep && item.Value is PickleDict inner && HasTensors(inner, deep: false)));
}
