using Mcdm.Generation;

namespace Mcdm.PowerShell;

/// <summary>Lets a parameter that takes a recipe take a sampled image, a saved PNG (path or file), or the recipe's JSON.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RecipeTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        McdmImage { Recipe: { } recipe } => recipe,
        SavedImage { Recipe: { } json } => Recipe.FromJson(json),
        FileInfo file => Recipe.FromPng(file.FullName),
        string text when text.AsSpan().TrimStart().StartsWith("{") => Recipe.FromJson(text),
        string path => Recipe.FromPng(resolve(path)),
        _ => item,
    };
}
