using Mcdm.Imaging;
using Mcdm.Imaging.Files;

namespace Mcdm.Sampling;

/// <summary>A picture with what is known of it: the recipe it was sampled from, and the name it will be saved under.</summary>
/// <param name="Picture">The pixels.</param>
public sealed record McdmImage(Picture Picture)
{
    /// <summary>What it was sampled from; null for sketches, sheets and pictures from files.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>Its share of its batch's sampling time; zero for pictures that were not sampled.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Name for the file it is saved to; null for the model's name and the seed.</summary>
    public string? Name { get; init; }

    /// <summary>The file that it was read from; null for pictures that were made in memory.</summary>
    public string? Path { get; init; }

    /// <summary><see cref="Duration"/> in seconds; 0 for pictures that were not sampled.</summary>
    public double Seconds => Math.Round(Duration.TotalSeconds, 3);

    /// <summary>Columns in pixels.</summary>
    public int Width => Picture.Width;

    /// <summary>Rows in pixels.</summary>
    public int Height => Picture.Height;

    /// <summary>Columns and rows in pixels.</summary>
    public PictureSize Size => new(Width, Height);

    /// <summary>The picture's own seed; null for pictures that were not sampled.</summary>
    public long? Seed => Recipe?.Seed;

    /// <summary>Name of the model that made it; null for pictures that were not sampled.</summary>
    public string? Model => Recipe?.Model;

    /// <summary>The conditions, for people to read.</summary>
    public string Conditions => Recipe is null ? "" : Recipe.Conditions.Count == 0 ? "none" : string.Join("; ", Recipe.Conditions);

    /// <summary>How well each condition is followed, for people to read; empty where nothing is known.</summary>
    public string Followed => string.Join(", ", Recipe?.Following() ?? []);

    /// <summary>The condition that is followed least, for people to read; empty where nothing is known.</summary>
    public string LeastFollowed => $"{Recipe?.Following().MinBy(one => one.OfEnough)}";

    /// <summary>What the conditions ask for and the picture does not show: what is seen, and what was asked; empty where all is followed.</summary>
    public string NotFollowed => string.Join("; ", Recipe?.Following().Select(one => one.NotFollowed).OfType<string>() ?? []);

    /// <summary>The file name, without extension, that it is saved under by default.</summary>
    public string FileName => Recipe is null ? Name ?? "picture" : FileNameOf(Name, Recipe.Model, Recipe.Seed);

    /// <summary>The file name, without extension, of a sampled picture.</summary>
    /// <param name="name">Its name; null for the model's.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="seed">The picture's own seed.</param>
    public static string FileNameOf(string? name, string model, long seed) => $"{name ?? model}-{seed}";

    /// <summary>The text that its PNG carries: the recipe, under <see cref="Sampling.Recipe.TextKeyword"/>; null where there is none.</summary>
    public IReadOnlyDictionary<string, string>? PngMetadata() =>
        Recipe is null ? null : new Dictionary<string, string> { [Sampling.Recipe.TextKeyword] = Recipe.ToJson() };

    /// <summary>A picture from a file, named after it, with its recipe where it carries one; <see cref="FileName"/> is the file's again.</summary>
    /// <param name="path">The file, as a full path.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted.</param>
    /// <exception cref="McdmException">The file is no whole picture, or its recipe cannot be read.</exception>
    public static McdmImage FromFile(string path, Action<string>? note = null)
    {
        byte[] bytes = PictureFile.ReadBytes(path);
        var recipe = Sampling.Recipe.TextIn(bytes) is { } json ? Sampling.Recipe.FromJson(json, $"'{path}'") : null;
        string name = System.IO.Path.GetFileNameWithoutExtension(path), seed = $"-{recipe?.Seed}";
        return new McdmImage(PictureFile.Decode(bytes, path, note))
        {
            Name = recipe is not null && name.Length > seed.Length && name.EndsWith(seed, StringComparison.Ordinal) ? name[..^seed.Length] : name,
            Recipe = recipe,
            Path = path,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Recipe?.ToString() ?? $"{Name ?? "picture"}, {Width}×{Height}";
}
