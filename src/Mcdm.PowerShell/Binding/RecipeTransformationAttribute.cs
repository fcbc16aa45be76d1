using System.Management.Automation;
using Mcdm.PowerShell.Serialization;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Binding;

/// <summary>
/// Lets a parameter that takes a recipe take a sampled image, a saved picture (path or file, or a row of an exported list of such), or the
/// recipe's JSON, also of several.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RecipeTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        McdmImage { Recipe: { } recipe } => recipe,
        SavedFile { Recipe: { } json } => Recipe.FromJson(json),
        SavedFile file => Recipe.FromPng(file.ToString()),
        FileInfo file => Recipe.FromPng(file.FullName),
        PSObject row when RecipeOf(row) is { } json => Recipe.FromJson(json),
        PSObject row when FileRow.OnlyPathOf(row) is { } path => Recipe.FromPng(resolve(path)),
        string text when ShellJson.IsRecipe(text) => ShellJson.Recipes(text).Select(json => (object)Recipe.FromJson(json)).ToArray(),
        string path => Recipe.FromPng(resolve(path)),
        _ => item,
    };

    /// <summary>What a list of saved files says of one, which alone has it where the file is no PNG.</summary>
    private static string? RecipeOf(PSObject row) => row.Properties[nameof(Recipe)]?.Value?.ToString() is { } text && ShellJson.IsRecipe(text) ? text : null;
}
