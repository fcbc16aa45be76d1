using System.Management.Automation;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Binding;

/// <summary>
/// Lets a parameter that takes a recipe take a sampled image, a saved picture (path or file, or a row of an exported list of such), or the
/// recipe's JSON.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RecipeTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        McdmImage { Recipe: { } recipe } => recipe,
        FileInfo or PSObject when RecipeOf(item) is { } json => Recipe.FromJson(json),
        FileInfo file => Recipe.FromPng(file.FullName),
        PSObject row when FileRow.OnlyPathOf(row) is { } path => Recipe.FromPng(resolve(path)),
        string text when text.AsSpan().TrimStart().StartsWith("{") => Recipe.FromJson(text),
        string path => Recipe.FromPng(resolve(path)),
        _ => item,
    };

    /// <summary>What Save-McdmImage adds to the file, which alone has it where the file is no PNG.</summary>
    private static string? RecipeOf(object item) =>
        PSObject.AsPSObject(item).Properties[nameof(Recipe)]?.Value?.ToString() is { Length: > 0 } text && text.AsSpan().TrimStart().StartsWith("{") ? text
            : null;
}
