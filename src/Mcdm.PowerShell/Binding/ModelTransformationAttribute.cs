using System.Management.Automation;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runtime;

namespace Mcdm.PowerShell.Binding;

/// <summary>
/// Lets a parameter that takes a model take the name of a loaded one, the name of one that ships with the module, or the path
/// of a model folder. What is not loaded yet is loaded, on the fastest device, and stays so.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ModelTransformationAttribute : ItemTransformationAttribute
{
    /// <summary>Take loaded models only, by name; a name with wildcards stands for all that match it, perhaps none.</summary>
    public bool LoadedOnly { get; init; }

    /// <summary>The arithmetic that a model is loaded in: float32 where its weights are to be written or trained on.</summary>
    public Precision Precision { get; init; }

    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        string pattern when LoadedOnly
            && WildcardPattern.ContainsWildcardCharacters(pattern) => Matching(new WildcardPattern(pattern, WildcardOptions.IgnoreCase)),
        string name => Named(name, resolve),
        _ => item,
    };

    /// <summary>The model that a cell of a table names.</summary>
    /// <param name="name">The name of one that is loaded or ships with the module, or its folder.</param>
    /// <param name="resolve">Turns a path of the session into a full one.</param>
    /// <exception cref="McdmException"><c>ModelUnknown</c>, or it cannot be read.</exception>
    public static Model Of(string name, Func<string, string> resolve) => new ModelTransformationAttribute().Named(name, resolve);

    private Model Named(string name, Func<string, string> resolve) => ModelLibrary.FindLoaded(name)
        ?? (!LoadedOnly && Folder(name, resolve) is { } folder ? Load(folder) : throw Unknown(name));

    private static object[] Matching(WildcardPattern pattern) => ModelLibrary.Loaded.Where(model => pattern.IsMatch(model.Name)).ToArray<object>();

    private static string? Folder(string name, Func<string, string> resolve) =>
        ModelLibrary.FolderOf(name)
        ?? (resolve(name) is var path && System.IO.Path.Exists(path) ? path : null);

    private Model Load(string folder)
    {
        var device = ComputeDevice.Select(null);
        return ModelLibrary.Load([folder], new ImportOptions(), device, Precision.On(device), anew: false).Model;
    }

    private McdmException Unknown(string name)
    {
        var loaded = ModelLibrary.Loaded;
        string others = loaded.Count == 0 ? "" : $" (loaded: {string.Join(", ", loaded.Select(model => model.Name).Distinct())})";
        return new McdmException("ModelUnknown", ErrorKind.NotFound, LoadedOnly
            ? $"No model named '{name}' is loaded{others}."
            : $"No model named '{name}' is loaded{others} or ships with the module, and there is no folder of that name; give the path of a model folder.");
    }
}
