using Mcdm.Modalities;
using Mcdm.Sampling;
using static System.FormattableString;

namespace Mcdm.Evaluation;

/// <summary>What one condition of a picture did: the picture without it, and how far it moved each pixel.</summary>
public sealed record ConditionAttribution
{
    /// <summary>Name of the picture that the condition was left out of.</summary>
    public required string FileName { get; init; }

    /// <summary>Seed of both pictures.</summary>
    public required long Seed { get; init; }

    /// <summary>The condition's modality.</summary>
    public required Modality Modality { get; init; }

    /// <summary>The condition's value and weight, for people to read.</summary>
    public required string Condition { get; init; }

    /// <summary>Mean absolute change of red, green and blue over all pixels, 0…1.</summary>
    public required double Change { get; init; }

    /// <summary>The change of a pixel that the heat map draws yellow, 0…1: the largest of any pixel by any of the picture's conditions.</summary>
    public required double Scale { get; init; }

    /// <summary>The picture with all conditions, sampled again.</summary>
    public required McdmImage Picture { get; init; }

    /// <summary>The picture of the same seed without the condition.</summary>
    public required McdmImage LeftOut { get; init; }

    /// <summary>The change of each pixel, from dark violet (none) to yellow (<see cref="Scale"/>); null until it is drawn.</summary>
    public McdmImage? HeatMap { get; init; }

    /// <summary>What the heat map is called.</summary>
    internal string HeatMapName { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Invariant($"{FileName} without {Modality}: {Change:0.0000}");
}
