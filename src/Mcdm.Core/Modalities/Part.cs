using System.Globalization;

namespace Mcdm.Modalities;

/// <summary>One class of a segmentation mask.</summary>
/// <param name="Name">What users call it, such as <c>hair</c>.</param>
/// <param name="Color">Its colour in mask pictures, <c>#rrggbb</c>.</param>
public sealed record Part(string Name, string Color)
{
    /// <summary>The colour as 0xRRGGBB.</summary>
    public int Rgb => int.Parse(Color.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Color})";
}
