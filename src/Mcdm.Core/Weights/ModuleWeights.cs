using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>Moves a network's parameters and buffers out to safetensors files and in again.</summary>
public static class ModuleWeights
{
    /// <summary>
    /// The parameters and buffers of a module, which keeps owning them, by the names that files give them: TorchSharp's, with the underscore that
    /// a field's name begins with removed from each part, so <c>_layers.0._norm.weight</c> is <c>layers.0.norm.weight</c>.
    /// </summary>
    public static IEnumerable<(string Name, Tensor Tensor)> Of(nn.Module module)
    {
        foreach (var (name, parameter) in module.named_parameters()) { yield return (CleanName(name), parameter); }
        foreach (var (name, buffer) in module.named_buffers()) { yield return (CleanName(name), buffer); }
    }

    /// <summary>
    /// Copies a file's tensors into a module, whose names and shapes must agree exactly. All is checked before anything is
    /// copied. Element types are converted; the layout in memory and the device stay the module's.
    /// </summary>
    /// <param name="module">What to fill.</param>
    /// <param name="file">Where from.</param>
    /// <param name="prefix">What the module's names begin with in the file, such as <c>text.</c>; tensors without it are not looked at.</param>
    /// <exception cref="McdmException"><c>WeightsShape</c>, <c>WeightsType</c>, <c>WeightsMissing</c>, <c>WeightsUnexpected</c>.</exception>
    public static void Load(nn.Module module, SafeTensorsFile file, string prefix = "")
    {
        var targets = Targets(module);
        var names = file.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, target) in targets.Where(pair => names.Contains(prefix + pair.Key)))
        {
            CheckFit(file, prefix + name, target);
        }

        var missing = targets.Keys.Where(name => !names.Contains(prefix + name)).ToList();
        if (missing.Count > 0)
        {
            throw new McdmException("WeightsMissing", ErrorKind.InvalidData,
                $"'{file.Path}' lacks the tensor '{prefix}{missing[0]}' of shape {Text(targets[missing[0]].shape)}{AndMore(missing)}; " +
                "it was written for another network.");
        }
        var unexpected = names.Where(name => !targets.ContainsKey(name[prefix.Length..])).Order(StringComparer.Ordinal).ToList();
        if (unexpected.Count > 0)
        {
            throw new McdmException("WeightsUnexpected", ErrorKind.InvalidData,
                $"'{file.Path}' has the tensor '{unexpected[0]}' of shape {Text(file.Shape(unexpected[0]))}{AndMore(unexpected)}, " +
                "for which this network has no place; it was written for another network.");
        }

        using var _ = no_grad();
        foreach (var (name, target) in targets) { Copy(file, prefix + name, target); }
    }

    private static string CleanName(string name) => string.Join('.', name.Split('.').Select(part => part.TrimStart('_')));

    private static Dictionary<string, Tensor> Targets(nn.Module module)
    {
        var targets = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in Of(module))
        {
            if (!targets.TryAdd(name, tensor))
            {
                throw new ArgumentException($"The module {module.GetName()} has two tensors that are both '{name}' in a file.", nameof(module));
            }
        }
        return targets;
    }

    private static void CheckFit(SafeTensorsFile file, string name, Tensor target)
    {
        var shape = file.Shape(name);
        if (!shape.SequenceEqual(target.shape))
        {
            throw new McdmException("WeightsShape", ErrorKind.InvalidData,
                $"The tensor '{name}' of '{file.Path}' has shape {Text(shape)}, but this network needs {Text(target.shape)}.");
        }
        if (!SameKind(file.DataType(name), target.dtype))
        {
            throw new McdmException("WeightsType", ErrorKind.InvalidData,
                $"The tensor '{name}' of '{file.Path}' holds {file.DataType(name)}, but this network needs {target.dtype}.");
        }
    }

    private static void Copy(SafeTensorsFile file, string name, Tensor target)
    {
        using var source = file.Read(name);
        using var scope = NewDisposeScope();
        target.copy_(source);
    }

    /// <summary>Fractions are never cut to whole numbers, nor numbers to truth values.</summary>
    private static bool SameKind(ScalarType a, ScalarType b) => Kind(a) == Kind(b);

    private static int Kind(ScalarType type) => type switch
    {
        ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 => 0,
        ScalarType.Bool => 1,
        _ => 2,
    };

    private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string AndMore(List<string> names) => names.Count == 1 ? "" : $" (and {names.Count - 1} more)";
}
