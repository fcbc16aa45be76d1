using System.Management.Automation;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.PowerShell.Hosting;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Binding;

/// <summary>
/// Lets a parameter that takes conditions take strings: the path of a picture is a mask where all its colours are those of
/// parts and not all are black and white, else a sketch; any other string is a sentence.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ConditionTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        string text => FromString(text, resolve),
        // The engine would make a sentence of anything that it can make a text of.
        not Condition => throw new PSInvalidCastException("It is no condition; a sentence is a text, and a picture a path."),
        _ => item,
    };

    private static object FromString(string text, Func<string, string> resolve)
    {
        if (ShellJson.IsRecipe(text)) { throw IsRecipe("The text is a recipe"); }
        if (string.IsNullOrWhiteSpace(text) || PictureAt(text, resolve) is not { } path) { return Condition.FromText(text); }
        var picture = PictureFile.Read(path);
        if (path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) && Recipe.TextIn(PictureFile.ReadBytes(path)) is not null)
        {
            throw IsRecipe($"'{text}' is a sampled picture");
        }
        return IsMask(picture) ? Condition.FromSegment(picture, source: path) : Condition.FromSketch(picture, source: path);
    }

    /// <summary>The file that a text names; null where it is a sentence.</summary>
    private static string? PictureAt(string text, Func<string, string> resolve)
    {
        bool isNamedLikeOne = PictureFile.Extensions.Contains(Path.GetExtension(text.TrimEnd()), StringComparer.OrdinalIgnoreCase);
        string path;
        try
        {
            path = resolve(text);
        }
        catch (Exception e) when (!isNamedLikeOne && e is SessionStateException or NotSupportedException)
        {
            return null; // a sentence such as 'hair: black' names no drive
        }
        return File.Exists(path) ? path
            : isNamedLikeOne ? throw new McdmException("PathNotFound", ErrorKind.NotFound,
                $"There is no picture '{text}'{PathResolver.LookedFor(text, path)}; "
                    + "correct the path, or write a sentence that does not end like a picture's name.")
            : null;
    }

    /// <summary>
    /// Whether every stated pixel has the colour of a part, or hardly another, in some model that could be meant. Black and white alone are a sketch's colours
    /// first, whatever parts have them: which model the picture is for is not known here.
    /// </summary>
    private static bool IsMask(Picture picture)
    {
        var colors = new HashSet<int>();
        for (int i = 0; i < picture.Rgba.Length; i += 4)
        {
            if (picture.Rgba[i + 3] >= 128) { colors.Add(picture.Rgba[i] << 16 | picture.Rgba[i + 1] << 8 | picture.Rgba[i + 2]); }
        }
        if (colors.All(color => EditedMask.Meant(color, [0x000000, 0xffffff]) is not null)) { return false; }
        var loaded = ModelLibrary.Loaded;
        var models = loaded.Count > 0 ? loaded.Select(model => model.Parts) : ModelLibrary.Available.Select(model => ModelPack.ReadParts(model.Path));
        return models.Select(parts => parts.Select(part => part.Rgb).ToHashSet())
            .Any(known => colors.All(color => EditedMask.Meant(color, known) is not null));
    }

    /// <summary>Where strings come down the pipeline, the engine understands this as: try the parameter for recipes.</summary>
    private static PSInvalidCastException IsRecipe(string what) =>
        new($"{what}; give it to -Recipe to make the picture again, or ConvertTo-McdmSketch first to take its edges as a sketch.");
}
