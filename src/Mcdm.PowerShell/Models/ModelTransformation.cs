using System.Management.Automation;
using Mcdm.Experts;

namespace Mcdm.PowerShell;

/// <summary>Lets a parameter that takes a model take the name of a loaded one.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ModelTransformationAttribute : ItemTransformationAttribute
{
    /// <summary>Whether a name with wildcards stands for all loaded models that match it, perhaps none.</summary>
    public bool Wildcards { get; init; }

    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        string pattern when Wildcards && WildcardPattern.ContainsWildcardCharacters(pattern) => Matching(new WildcardPattern(pattern, WildcardOptions.IgnoreCase)),
        string name => Loaded(name),
        _ => item,
    };

    private static object[] Matching(WildcardPattern pattern) => ModelLibrary.Loaded.Where(model => pattern.IsMatch(model.Name)).ToArray<object>();

    private static Model Loaded(string name) => ModelLibrary.FindLoaded(name) ?? throw new McdmException("ModelUnknown", ErrorKind.NotFound,
        $"No model named '{name}' is loaded{Others()}; import it first: Import-McdmModel {name}.");

    private static string Others()
    {
        var loaded = ModelLibrary.Loaded;
        return loaded.Count == 0 ? "" : $" (loaded: {string.Join(", ", loaded.Select(model => model.Name).Distinct())})";
    }
}
