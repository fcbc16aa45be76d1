using static TorchSharp.torch;

namespace Mcdm.Layers;

/// <summary>A module's weights by the names that files give them.</summary>
internal static class NamedWeights
{
    /// <summary>
    /// The parameters and buffers of a module, which keeps owning them. Names are TorchSharp's, with the underscore that
    /// a field's name begins with removed from each part: <c>_layers.0._norm.weight</c> is <c>layers.0.norm.weight</c>.
    /// </summary>
    public static IEnumerable<(string Name, Tensor Tensor)> Of(nn.Module module)
    {
        foreach (var (name, parameter) in module.named_parameters()) { yield return (CleanName(name), parameter); }
        foreach (var (name, buffer) in module.named_buffers()) { yield return (CleanName(name), buffer); }
    }

    private static string CleanName(string name) => string.Join('.', name.Split('.').Select(part => part.TrimStart('_')));
}
