using System.Security.Cryptography;
using System.Text;
using Mcdm.Imaging;

namespace Mcdm.Modalities;

/// <summary>One thing the picture should obey: a modality, its value and how much it counts.</summary>
public sealed class Condition
{
    private Condition(Modality modality, double weight)
    {
        RequireFinite(weight);
        Modality = modality;
        Weight = weight;
    }

    /// <summary>The kind of condition.</summary>
    public Modality Modality { get; }

    /// <summary>The sentence; null for pictures.</summary>
    public string? Text { get; private init; }

    /// <summary>The sketch, mask or low-resolution picture; null for text.</summary>
    public Picture? Picture { get; private init; }

    /// <summary>Names of the parts of a mask that are stated; null for all of them.</summary>
    public IReadOnlyList<string>? Parts { get; private init; }

    /// <summary>Reliability weight w_i; 1 is equation (12) exactly.</summary>
    public double Weight { get; private init; }

    /// <summary>By what the weight is multiplied at each noise level; null for 1 at all of them.</summary>
    public WeightSchedule? Schedule { get; private init; }

    /// <summary>Where the condition speaks, at the model's size: by what the weight is multiplied at each pixel, 0 (black) to 1 (white); null for all of the picture.</summary>
    public Picture? Region { get; private init; }

    /// <summary>Where the value came from, for people to read; null for values made in memory.</summary>
    public string? Source { get; private init; }

    /// <summary>SHA-256 of the value (UTF-8 text, or size and RGBA bytes, then the part names), in hexadecimal.</summary>
    public string ContentHash => _contentHash ??= Hash();

    private string? _contentHash;

    /// <summary>A sentence.</summary>
    /// <exception cref="McdmException">Empty text or a weight that is not finite.</exception>
    public static Condition FromText(string text, double weight = 1)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new McdmException("TextEmpty", ErrorKind.InvalidArgument, "The text of a condition is empty; say something such as 'this person has black hair'.");
        }
        return new Condition(Modality.Text, weight) { Text = text.Trim() };
    }

    /// <summary>A line drawing: dark lines on light paper or the reverse.</summary>
    /// <exception cref="McdmException">A weight that is not finite.</exception>
    public static Condition FromSketch(Picture sketch, double weight = 1, string? source = null) =>
        new(Modality.Sketch, weight) { Picture = sketch, Source = source };

    /// <summary>A mask in the model's part colours; transparent pixels, and parts not named, are unknown.</summary>
    /// <exception cref="McdmException">A weight that is not finite.</exception>
    public static Condition FromSegment(Picture mask, IReadOnlyList<string>? parts = null, double weight = 1, string? source = null) =>
        new(Modality.Segment, weight) { Picture = mask, Parts = parts is { Count: > 0 } ? parts : null, Source = source };

    /// <summary>A picture of which only the rough colours count; it may have any size.</summary>
    /// <exception cref="McdmException">A weight that is not finite.</exception>
    public static Condition FromLowResolution(Picture picture, double weight = 1, string? source = null) =>
        new(Modality.LowResolution, weight) { Picture = picture, Source = source };

    /// <summary>The same condition with the weight number × schedule × region.</summary>
    /// <exception cref="McdmException">A weight that is not finite.</exception>
    public Condition Weighted(double weight, WeightSchedule? schedule = null, Picture? region = null)
    {
        RequireFinite(weight);
        return new Condition(Modality, weight) { Text = Text, Picture = Picture, Parts = Parts, Source = Source, Schedule = schedule, Region = region };
    }

    /// <summary>Refuses weights that are no numbers.</summary>
    internal static void RequireFinite(double weight)
    {
        if (!double.IsFinite(weight))
        {
            throw new McdmException("WeightNotFinite", ErrorKind.InvalidArgument, $"A condition's weight is a finite number such as 1 or 0.5, not {weight}.");
        }
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (Text is not null) { hash.AppendData(Encoding.UTF8.GetBytes(Text)); }
        if (Picture is not null)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Picture.Width}x{Picture.Height}:"));
            hash.AppendData(Picture.Rgba);
        }
        foreach (string part in Parts ?? []) { hash.AppendData(Encoding.UTF8.GetBytes("|" + part.ToLowerInvariant())); }
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string value = Text is not null ? $"'{Text}'" : Source is not null ? Path.GetFileName(Source) : $"{Picture!.Width}×{Picture.Height}";
        string parts = Parts is null ? "" : $" ({string.Join(", ", Parts)})";
        string weight = Weight == 1 ? "" : $" × {Weight:0.###}";
        return $"{Modality} {value}{parts}{weight}{(Schedule is null ? "" : " × schedule")}{(Region is null ? "" : " × region")}";
    }
}
