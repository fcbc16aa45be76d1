using System.Text.Json;

namespace Mcdm.Sampling;

/// <summary>
/// What PowerShell's ConvertTo-Json makes of recipes: properties in capitals, kinds as objects, bytes as numbers, several recipes as a list, a text of JSON
/// as a text again; and what lies deeper than its -Depth as a text that says little.
/// </summary>
internal static class ShellJson
{
    /// <summary>Where a recipe has objects and lists, never a text; * stands for each item.</summary>
    private static readonly string[] s_neverText =
    [
        "Conditions", "Conditions/*", "Conditions/*/Modality", "Conditions/*/Picture", "Conditions/*/Region", "Conditions/*/Schedule",
        "Conditions/*/Schedule/*", "Sampling", "Sampling/Sampler", "Sampling/Spacing", "Sampling/Threshold", "Combiner", "Particles", "EffectiveSizes",
        "From", "From/Picture", "From/Mask", "Disagreement", "Disagreement/Levels", "Disagreement/Norms", "Disagreement/Norms/*",
        "Disagreement/Norms/*/Values", "Disagreement/Cosines", "Disagreement/Cosines/*", "Disagreement/Cosines/*/Values",
    ];

    /// <summary>Whether a text begins as the JSON of recipes does.</summary>
    public static bool IsRecipe(string text) => text.AsSpan().TrimStart().TrimStart('[').TrimStart().TrimStart('"').StartsWith("{");

    /// <summary>The recipes in a text, each as JSON; the text itself where it is damaged.</summary>
    public static IEnumerable<string> Recipes(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return (root.ValueKind == JsonValueKind.Array ? root.EnumerateArray() : Enumerable.Repeat(root, 1))
                .Select(one => one.ValueKind == JsonValueKind.String ? one.GetString()! : one.GetRawText()).ToArray();
        }
        catch (JsonException)
        {
            return [text];
        }
    }

    /// <summary>Whether ConvertTo-Json wrote a recipe.</summary>
    /// <param name="json">The recipe.</param>
    /// <param name="isCut">Whether it left out what lay too deep.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static bool Wrote(string json, out bool isCut)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        bool wrote = root.ValueKind == JsonValueKind.Object && root.TryGetProperty(nameof(Recipe.Format), out _);
        isCut = wrote && s_neverText.Any(path => At(root, path.Split('/')).Any(value => value.ValueKind == JsonValueKind.String));
        return wrote;
    }

    private static IEnumerable<JsonElement> At(JsonElement element, ReadOnlyMemory<string> path) =>
        path.IsEmpty ? [element] : Inside(element, path.Span[0]).SelectMany(inner => At(inner, path[1..]));

    private static IEnumerable<JsonElement> Inside(JsonElement element, string name) => (name, element.ValueKind) switch
    {
        ("*", JsonValueKind.Array) => element.EnumerateArray(),
        (not "*", JsonValueKind.Object) when element.TryGetProperty(name, out var value) => [value],
        _ => [],
    };
}
