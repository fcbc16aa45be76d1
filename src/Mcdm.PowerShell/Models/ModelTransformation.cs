using Mcdm.Experts;

namespace Mcdm.PowerShell;

/// <summary>Lets a parameter that takes a model take the name of a loaded one.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ModelTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item is string name ? Loaded(name) : item;

    private static Model Loaded(string name) => ModelLibrary.FindLoaded(name) ?? throw new McdmException("ModelUnknown", ErrorKind.NotFound,
        $"No model named '{name}' is loaded{Others()}; import it first: Import-McdmModel {name}.");

    private static string Others()
    {
        var loaded = ModelLibrary.Loaded;
        return loaded.Count == 0 ? "" : $" (loaded: {string.Join(", ", loaded.Select(model => model.Name).Distinct())})";
    }
}
