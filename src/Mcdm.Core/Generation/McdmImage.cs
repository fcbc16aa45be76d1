using Mcdm.Imaging;

namespace Mcdm.Generation;

/// <summary>A sampled picture with its recipe.</summary>
/// <param name="Picture">The pixels.</param>
/// <param name="Recipe">What it was made from.</param>
/// <param name="Duration">Sampling time of its batch, shared evenly among the batch's pictures.</param>
public sealed record McdmImage(Picture Picture, Recipe Recipe, TimeSpan Duration)
{
    /// <summary>Columns in pixels.</summary>
    public int Width => Picture.Width;

    /// <summary>Rows in pixels.</summary>
    public int Height => Picture.Height;

    /// <summary>The picture's own seed.</summary>
    public long Seed => Recipe.Seed;

    /// <summary>Name of the model that made it.</summary>
    public string Model => Recipe.Model;

    /// <summary>The conditions, for people to read.</summary>
    public string Conditions => Recipe.Conditions.Count == 0 ? "none" : string.Join("; ", Recipe.Conditions);

    /// <summary>Name it was given, for the file it is saved to; null for the default.</summary>
    public string? Name { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Recipe.ToString();
}
