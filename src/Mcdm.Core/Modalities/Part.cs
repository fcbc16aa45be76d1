using System.Globalization;
using Mcdm.Modalities.Segment;

namespace Mcdm.Modalities;

/// <summary>One class of a segmentation mask.</summary>
/// <param name="Name">What users call it, such as <c>hair</c>.</param>
/// <param name="Color">Its colour in mask pictures, <c>#rrggbb</c>.</param>
public sealed record Part(string Name, string Color)
{
    /// <summary>The colour as 0xRRGGBB.</summary>
    public int Rgb => int.Parse(Color.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>What is wrong with a list of parts that was read from a file; null where nothing is.</summary>
    internal static string? Problem(IReadOnlyList<Part?> parts)
    {
        if (parts.Count is 0 or >= SegmentEncoder.Unknown) { return $"there are {parts.Count} parts, but 1 to {SegmentEncoder.Unknown - 1} are allowed"; }
        foreach (var part in parts)
        {
            if (string.IsNullOrWhiteSpace(part?.Name)) { return "a part has no name"; }
            if (part.Color is not ['#', .. { Length: 6 } digits] || !digits.All(char.IsAsciiHexDigit))
            {
                return $"the part '{part.Name}' has no colour such as '#8c3c14'";
            }
        }
        return Twice(parts.Select(part => part!.Name)) is { } name ? $"two parts are called '{name}'"
            : Twice(parts.Select(part => part!.Color)) is { } color ? $"two parts have the colour {color}"
            : null;
    }

    private static string? Twice(IEnumerable<string> values) =>
        values.GroupBy(value => value, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1)?.Key;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Color})";
}
