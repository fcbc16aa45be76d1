using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mcdm.Files;
using Mcdm.Imaging.Files;
using Mcdm.Json;
using Mcdm.Sampling;

namespace Mcdm.Display.Gallery;

/// <summary>
/// One self-contained HTML page of many pictures: those of one composition together, their conditions beside them, a recipe
/// to copy for each. It needs no server and no network, and runs nothing but its own script.
/// </summary>
public static class GalleryPage
{
    // Escapes <, > and &, so that no text can end the script element it stands in.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The page's HTML.</summary>
    /// <param name="images">The pictures, in the order in which they are shown.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="made">When the pictures were put together.</param>
    public static string Html(IReadOnlyList<McdmImage> images, string title, DateTimeOffset made)
    {
        var page = new Page(made.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Groups(images));
        string style = Part("gallery.css"), script = Part("gallery.js");
        var values = new Dictionary<string, string>
        {
            ["title"] = WebUtility.HtmlEncode(title),
            ["style"] = style,
            ["styleHash"] = Hash(style),
            ["script"] = script,
            ["scriptHash"] = Hash(script),
            ["data"] = JsonSerializer.Serialize(page, Json),
        };
        return string.Concat(Part("gallery.html").Split("{{").Select((piece, i) =>
            i == 0 ? piece : values[piece[..piece.IndexOf("}}", StringComparison.Ordinal)]] + piece[(piece.IndexOf("}}", StringComparison.Ordinal) + 2)..]));
    }

    /// <summary>Writes the page whole or not at all.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="images">The pictures.</param>
    /// <param name="title">The page's heading.</param>
    /// <exception cref="McdmException"><c>OutputUnwritable</c>.</exception>
    public static void Write(string path, IReadOnlyList<McdmImage> images, string title)
    {
        try
        {
            OutputFolder.Create(Path.GetDirectoryName(path)!);
            AtomicFile.WriteText(path, Html(images, title, DateTimeOffset.Now));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"The gallery cannot be written to '{path}': {e.Message}", e);
        }
    }

    private static List<Group> Groups(IReadOnlyList<McdmImage> images)
    {
        var groups = new Dictionary<string, Group>();
        foreach (var image in images)
        {
            string[]? recipe = image.Recipe is null ? null : AroundSeed(image.Recipe);
            string key = recipe is null ? "" : string.Join('\0', recipe);
            if (!groups.TryGetValue(key, out var group)) { groups[key] = group = NewGroup(image.Recipe, recipe); }
            group.Pictures.Add(new Shown(PngFile.Encode(image.Picture, image.PngMetadata()), image.FileName, image.Seed?.ToString(CultureInfo.InvariantCulture),
                image.Duration > TimeSpan.Zero ? Math.Round(image.Duration.TotalSeconds, 3) : null, image.Followed.OrNull(), image.NotFollowed.OrNull()));
        }
        return [.. groups.Values];
    }

    private static Group NewGroup(Recipe? recipe, string[]? template) => new(
        recipe?.Conditions.Select(c => new ShownCondition(
            (c.Expert ?? c.Modality.Name).ToLowerInvariant(), c.Text, c.Picture, Math.Round(c.Weight, 3), c.Source)).ToList() ?? [],
        recipe is null ? null : $"{recipe.Model} · {recipe.Sampling.Sampler}, {recipe.Sampling.Steps} steps"
            + (recipe.Particles is { } particles ? $", {particles.Particles} particles" : "") + $" · {recipe.Precision}",
        template,
        []);

    /// <summary>
    /// What stands before and after a recipe's seed, which may be too long for a JavaScript number: the pictures of a group differ in
    /// it alone, and in what was measured on their way, which is left out.
    /// </summary>
    private static string[] AroundSeed(Recipe recipe)
    {
        const string seed = "\"seed\":0";
        string json = (recipe.Essence() with { Seed = 0 }).ToJson();
        int at = json.IndexOf(seed, StringComparison.Ordinal) + seed.Length - 1;
        return [json[..at], json[(at + 1)..]];
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Part(string name)
    {
        using var reader = new StreamReader(typeof(GalleryPage).Assembly.GetManifestResourceStream($"Mcdm.Gallery.{name}")!);
        // Browsers hash what they have read, with line endings made one.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private sealed record Page(string Made, List<Group> Groups);

    private sealed record Group(List<ShownCondition> Conditions, string? Settings, string[]? Recipe, List<Shown> Pictures);

    private sealed record ShownCondition(string Modality, string? Text, byte[]? Picture, double Weight, string? Source);

    private sealed record Shown(byte[] Png, string Name, string? Seed, double? Seconds, string? Followed, string? NotFollowed);
}
